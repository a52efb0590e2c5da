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
const linkRowsMax = 8;

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
  const words = fittingWords(rows, (brief) => wordsOf(model, screen, link, tooLarge, width, brief));
  const wordsTop = Math.max(0, Math.min(top, rows - words.length));
  return Array.from({ length: rows }, (_, row) => {
    const drawn = code[row - top];
    const text = words[row - wordsTop] ?? emptyLine;
    const beside: Line = drawn ?? [span(" ".repeat(codeWidth))];
    return fitLine([span(" ".repeat(left)), ...beside, span("  "), ...text], columns);
  });
}

/** The link; one that is too long to be typed off anyway ends in a way that shows it is not whole. */
function linkRows(link: string, width: number): Line[] {
  const rows = wrapSpans([{ text: link, role: "accent" }], width);
  return rows.length <= linkRowsMax
    ? rows
    : [...rows.slice(0, linkRowsMax - 1), [span("… c copies it all", "dim")]];
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

/**
 * The words as long as there is room for them: all of them, then with the keys in a row, then without the steps.
 * The keys stay whatever else has to go.
 */
function fittingWords(rows: number, words: (brief: Brief) => Words): Line[] {
  for (const brief of ["full", "keysInRow", "noSteps"] as const) {
    const { above, keys } = words(brief);
    if (above.length + 1 + keys.length <= rows) return [...above, emptyLine, ...keys];
  }
  const { above, keys } = words("noSteps");
  return [...above.slice(0, Math.max(0, rows - keys.length)), ...keys];
}

type Brief = "full" | "keysInRow" | "noSteps";

interface Words {
  readonly above: readonly Line[];
  readonly keys: readonly Line[];
}

function wordsOf(
  model: Model,
  screen: CodeScreen,
  link: string | undefined,
  tooLarge: boolean,
  width: number,
  brief: Brief,
): Words {
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
  if (screen.purpose === "verify") say(contact === undefined ? "" : contactName(contact), "dim");
  else if (screen.purpose === "address") say("for anybody, until you delete it", "dim");
  else say(`one use, for one person${screen.incognito === true ? ", who sees a random name" : ""}`, "dim");
  lines.push(emptyLine);
  switch (brief === "noSteps" || failed(screen) ? undefined : screen.purpose) {
    case "invitation":
      step("1", "Show this code, or send the link over a channel you trust.");
      step("2", "They scan it in any SimpleX client, or run sotto connect <link>");
      step("3", "You see them arrive here.");
      break;
    case "address":
      say("Whoever scans it can ask to connect.");
      break;
    case "verify":
      say(
        "Compare this code with the one they see: side by side, or read to each other on a call. If it is the same, nobody stands between you.",
      );
  }
  if (brief !== "noSteps") lines.push(emptyLine);
  if (screen.code?.text !== undefined)
    for (const row of wrapText(screen.code.text, Math.min(width, 30)))
      lines.push([{ text: row, bold: true }]);
  else if (link !== undefined) lines.push(...linkRows(link, width));
  else if (screen.message === undefined) say("asking the relay ...", "dim");
  if (tooLarge)
    say(
      brief === "noSteps"
        ? "There is no room for the code here."
        : "The code does not fit here: enlarge the window, z for a smaller code, s for a picture, or send the link.",
      "warning",
    );
  if (screen.message !== undefined) say(screen.message.text, screen.message.error ? "error" : "accent");
  const keys = keysFor(screen, contact?.verified === true);
  if (brief === "full")
    return { above: lines, keys: keys.map(([key, words]) => [span(key.padEnd(5)), span(words, "dim")]) };
  // A key and its word stay together in a row.
  const inRow = keys.flatMap(([key, words], index) => [
    span(index === 0 ? key : `  ${key}`),
    span(`\u00a0${words.replaceAll(" ", "\u00a0")}`, "dim"),
  ]);
  return { above: lines, keys: wrapSpans(inRow, width) };
}

/** There will be no code unless it is tried again. */
function failed({ code, message }: CodeScreen): boolean {
  return code === undefined && message?.error === true;
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
  if (failed(screen)) return [["n", "try again"] as const, ["esc", "back"]];
  return [
    ...code,
    ...(screen.invitationId === undefined ? [] : [["x", "withdraw it"] as const]),
    ["esc", screen.code === undefined ? "back" : "keep it waiting"],
  ];
}
