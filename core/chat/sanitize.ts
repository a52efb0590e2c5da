/**
 * The one place where text from a peer (names, messages, file names, welcome texts) is made safe to draw:
 * no control characters, escape sequences, direction overrides or invisible formatting survive, so a peer
 * can't move the cursor, change a colour, forge another line, or make text read differently than it is.
 */

/** Combining marks kept on one character; more of them paint over the lines above and below. */
const marksPerCharacterMax = 6;

// ESC or C1 CSI ... final byte; OSC, DCS, SOS, PM, APC ... BEL or ST; other two-character escapes.
const escapeSequences =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;
const lineEnds = /\r\n?|[\u2028\u2029\x85\v\f]/g;
const controls = /[\0-\x08\x0e-\x1f\x7f-\x9f]/g;
// Direction marks, embeddings, overrides and isolates; invisible operators; annotation; byte order mark;
// Hangul fillers and other blanks without width; tag characters. Joiners (ZWJ, ZWNJ) stay: emoji and scripts need them.
const invisible =
  /\u034f|\u17b4|\u17b5|[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/gu;
const markRuns = new RegExp(`(\\p{Mark}{${marksPerCharacterMax}})\\p{Mark}+`, "gu");
// Everything printable of ASCII, and the line feed: nothing above applies.
const plain = /^[\n -~]*$/;

/** Text of several lines: line ends become "\n", a tab two spaces, all else that does not print is removed. */
export function sanitizeText(text: string): string {
  if (plain.test(text)) return text;
  return text
    .toWellFormed()
    .replace(escapeSequences, "")
    .replace(lineEnds, "\n")
    .replaceAll("\t", "  ")
    .replace(controls, "")
    .replace(invisible, "")
    .replace(markRuns, "$1");
}

/** Text of one line, such as a name: as `sanitizeText`, with line ends as spaces, trimmed, spaces collapsed. */
export function sanitizeLine(text: string): string {
  return sanitizeText(text).replace(/\s+/gu, " ").trim();
}

/** A name to draw: never empty. `fallback` stands in when nothing printable is left. */
export function sanitizeName(name: string, fallback = "(no name)"): string {
  const line = sanitizeLine(name);
  return line === "" || /^(?:\u200c|\u200d|\p{Mark})*$/u.test(line) ? fallback : line;
}
