import type { CodeScreen, Model } from "../app/model.ts";
import { shownLink } from "../commands/screen-commands.ts";
import { contactName } from "../conversations/entries.ts";
import { qrFit, qrLines } from "../qr/draw.ts";
import { qrMatrix } from "../qr/matrix.ts";
import { emptyLine, fitLine, type Line, span } from "../style/line.ts";
import { wrapSpans, wrapText } from "../text/wrap.ts";

/** Cells that the words beside the code need. */
const wordsWidthMin = 28;
const wordsWidthMax = 60;

/** The whole screen: the code on the left, as large as it fits, and the words beside it. */
export function codeLines(model: Model, screen: CodeScreen): Line[] {
  const { columns, rows } = model.size;
  const link = shownLink(screen);
  const matrix = link === undefined ? undefined : matrixOf(link);
  const room = { columns: columns - wordsWidthMin - 3, rows };
  const quiet = matrix === undefined ? undefined : qrFit(matrix, screen.style, room);
  const code = matrix === undefined || quiet === undefined ? [] : qrLines(matrix, screen.style, quiet);
  const codeWidth = code.length === 0 ? 0 : [...(code[0]?.[0]?.text ?? "")].length;
  const top = Math.max(0, Math.min(2, Math.floor((rows - code.length) / 2)));
  const left = codeWidth === 0 ? 2 : top > 0 ? 2 : 0;
  const width = Math.min(wordsWidthMax, columns - left - codeWidth - 3);
  const tooLarge = matrix !== undefined && code.length === 0;
  const words = wordsOf(model, screen, link, tooLarge, width);
  const wordsTop = Math.max(0, Math.min(top, rows - words.length));
  return Array.from({ length: rows }, (_, row) => {
    const drawn = code[row - top];
    const text = words[row - wordsTop] ?? emptyLine;
    const beside: Line = drawn ?? [span(" ".repeat(codeWidth))];
    return fitLine([span(" ".repeat(left)), ...beside, span("  "), ...text], columns);
  });
}

let last: { readonly link: string; readonly matrix: ReturnType<typeof qrMatrix> | undefined } | undefined;

function matrixOf(link: string): ReturnType<typeof qrMatrix> | undefined {
  if (last?.link !== link) {
    try {
      last = { link, matrix: qrMatrix(link) };
    } catch {
      last = { link, matrix: undefined };
    }
  }
  return last.matrix;
}

function wordsOf(
  model: Model,
  screen: CodeScreen,
  link: string | undefined,
  tooLarge: boolean,
  width: number,
): Line[] {
  const lines: Line[] = [];
  const say = (text: string, role?: "dim" | "accent" | "error" | "warning") => {
    for (const row of wrapText(text, width)) lines.push([role === undefined ? span(row) : span(row, role)]);
  };
  const step = (number: string, text: string) => {
    wrapText(text, width - 3).forEach((row, index) => {
      lines.push([span(index === 0 ? `${number}  ` : "   ", "accent"), span(row)]);
    });
  };
  const contact = model.conversations.find(({ contact: { id } }) => id === screen.contactId)?.contact;
  lines.push([{ text: titles[screen.purpose], bold: true }]);
  switch (screen.purpose) {
    case "invitation":
      say("one use, for one person", "dim");
      lines.push(emptyLine);
      step("1", "Show this code, or send the link over a channel you trust.");
      step("2", "They scan it in any SimpleX client, or run sotto connect <link>");
      step("3", "You see them arrive here.");
      break;
    case "address":
      say("for anybody, until you delete it", "dim");
      lines.push(emptyLine);
      say("Whoever scans it can ask to connect.");
      break;
    case "verify":
      say(contact === undefined ? "" : contactName(contact), "dim");
      lines.push(emptyLine);
      say(
        "Compare this code with the one they see: side by side, or read to each other on a call. If it is the same, nobody stands between you.",
      );
  }
  lines.push(emptyLine);
  if (screen.code?.text !== undefined)
    for (const row of wrapText(screen.code.text, Math.min(width, 30)))
      lines.push([{ text: row, bold: true }]);
  else if (link !== undefined)
    for (const row of wrapSpans([{ text: link, role: "accent" }], width).slice(0, 8)) lines.push(row);
  else if (screen.message === undefined) say("asking the relay ...", "dim");
  if (tooLarge)
    say(
      "The code does not fit here: enlarge the window, z for a smaller code, s for a picture, or send the link.",
      "warning",
    );
  if (screen.message !== undefined) say(screen.message.text, screen.message.error ? "error" : "accent");
  lines.push(emptyLine);
  for (const [key, words] of keysFor(screen, contact?.verified === true))
    lines.push([span(key.padEnd(5)), span(words, "dim")]);
  return lines;
}

const titles = { invitation: "Invite someone", address: "Your address", verify: "Verify" } as const;

function keysFor(screen: CodeScreen, verified: boolean): (readonly [string, string])[] {
  const code: (readonly [string, string])[] =
    screen.code === undefined
      ? []
      : [
          ["c", "copy"],
          ["s", "save a picture"],
          ["z", screen.style === "half" ? "smaller code" : "larger code"],
        ];
  if (screen.code?.long !== undefined && screen.code.long !== screen.code.short)
    code.push(["l", screen.long ? "short link" : "long link"]);
  if (screen.purpose === "verify")
    return [
      ...(screen.code === undefined
        ? []
        : [["v", verified ? "take the verification back" : "they are the same"] as const]),
      ...code,
      ["esc", "back"],
    ];
  if (screen.purpose === "address") return [...code, ["esc", "back"]];
  return [
    ...code,
    ...(screen.invitationId === undefined ? [] : [["x", "withdraw it"] as const]),
    ["esc", screen.code === undefined ? "back" : "keep it waiting"],
  ];
}
