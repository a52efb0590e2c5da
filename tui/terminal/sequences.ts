/** Escape sequences that this client sends to the user's terminal beside what Ink draws. */

/** Puts `text` on the clipboard of the terminal's machine (OSC 52); also reaches through SSH, and through tmux. */
export function copySequence(text: string, tmux: boolean): string {
  return throughTmux(`\x1b]52;c;${Buffer.from(text, "utf8").toString("base64")}\x07`, tmux);
}

export type NotificationStyle = "off" | "bell" | "osc9" | "osc777";

/** A notification of the desktop that the terminal runs on. `title` and `body` are sanitised lines. */
export function notifySequence(style: NotificationStyle, title: string, body: string, tmux: boolean): string {
  switch (style) {
    case "off":
      return "";
    case "bell":
      return "\x07";
    case "osc9":
      return `${throughTmux(`\x1b]9;${body === "" ? title : `${title}: ${body}`}\x07`, tmux)}\x07`;
    case "osc777":
      // Semicolons part the fields.
      return `${throughTmux(`\x1b]777;notify;${title.replaceAll(";", ",")};${body.replaceAll(";", ",")}\x07`, tmux)}\x07`;
  }
}

export function titleSequence(title: string): string {
  return `\x1b]2;${title}\x07`;
}

/** The terminal keeps its own title, to have it back at the end. */
export const saveTitle = "\x1b[22;2t";
export const restoreTitle = "\x1b[23;2t";
/** The terminal tells when its window gets and loses the focus. */
export const focusReportsOn = "\x1b[?1004h";
export const focusReportsOff = "\x1b[?1004l";

/**
 * Everything that may have been changed goes back: colours, focus reports, bracketed paste, key reports, title,
 * cursor, and the main screen. For the ways out that Ink does not see.
 */
export const restoreAll = `\x1b[0m${focusReportsOff}\x1b[?2004l\x1b[?25h\x1b[?1049l${restoreTitle}`;

// tmux hands on what is wrapped like this, with each escape doubled; it takes OSC 52 itself if it is set up to.
function throughTmux(sequence: string, tmux: boolean): string {
  return tmux ? `${sequence}\x1bPtmux;${sequence.replaceAll("\x1b", "\x1b\x1b")}\x1b\\` : sequence;
}
