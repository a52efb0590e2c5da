import type { Line, Span } from "../style/line.ts";
import { graphemes, graphemeWidth, textWidth } from "./width.ts";

/**
 * Breaks spans (which may hold "\n") into lines of at most `width` cells: at spaces where it can, inside a word
 * only when the word alone is wider than a line. A space at a break is dropped; leading spaces of a line of the
 * text stay. `width` is at least 2, the widest character.
 */
export function wrapSpans(spans: readonly Span[], width: number): Line[] {
  const room = Math.max(2, width);
  const lines: Span[][] = [[]];
  let used = 0;
  // Spans of the word that is being put together, and the spaces before it.
  let word: Span[] = [];
  let wordWidth = 0;
  let spaces: Span[] = [];
  let spacesWidth = 0;

  const push = (part: Span) => {
    const line = lines[lines.length - 1];
    const last = line?.[line.length - 1];
    if (line === undefined) return;
    if (last !== undefined && sameStyle(last, part))
      line[line.length - 1] = { ...last, text: last.text + part.text };
    else line.push(part);
  };
  const breakLine = () => {
    lines.push([]);
    used = 0;
  };
  const flushWord = () => {
    if (word.length === 0) return;
    if (used + spacesWidth + wordWidth <= room) {
      for (const part of [...spaces, ...word]) push(part);
      used += spacesWidth + wordWidth;
    } else {
      // Spaces at the very start of a line are indentation, elsewhere the break stands for them.
      if (used > 0) breakLine();
      else if (spacesWidth < room && wordWidth <= room - spacesWidth) for (const part of spaces) push(part);
      for (const part of word) {
        for (const grapheme of graphemes(part.text)) {
          const next = graphemeWidth(grapheme);
          if (used + next > room) breakLine();
          push({ ...part, text: grapheme });
          used += next;
        }
      }
    }
    word = [];
    wordWidth = 0;
    spaces = [];
    spacesWidth = 0;
  };

  for (const part of spans) {
    for (const piece of part.text.split(/(\n| +)/)) {
      if (piece === "") continue;
      if (piece === "\n") {
        flushWord();
        spaces = [];
        spacesWidth = 0;
        breakLine();
      } else if (piece.startsWith(" ")) {
        flushWord();
        spaces.push({ ...part, text: piece });
        spacesWidth += piece.length;
      } else {
        word.push({ ...part, text: piece });
        wordWidth += textWidth(piece);
      }
    }
  }
  flushWord();
  return lines;
}

function sameStyle(a: Span, b: Span): boolean {
  return (
    a.role === b.role &&
    a.bold === b.bold &&
    a.italic === b.italic &&
    a.underline === b.underline &&
    a.strike === b.strike &&
    a.link === b.link
  );
}

/** `wrapSpans` for plain text. */
export function wrapText(text: string, width: number): string[] {
  return wrapSpans([{ text }], width).map((line) => line.map((part) => part.text).join(""));
}
