import { graphemes, graphemeWidth, textWidth } from "../text/width.ts";

/** What a piece of text means; the theme says how it looks. `name0` to `name7` are the colours of names. */
export type Role =
  | "accent"
  | "dim"
  | "error"
  | "warning"
  | "good"
  | "selected"
  | "code"
  | "qr"
  | `name${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | `text-${"red" | "green" | "blue" | "yellow" | "cyan" | "magenta"}`;

export interface Span {
  readonly text: string;
  readonly role?: Role;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  /** Where a click leads (OSC 8). */
  readonly link?: string;
}

/** One row of the screen, left to right. */
export type Line = readonly Span[];

export const emptyLine: Line = [];

/** A span from text and a role, the commonest kind. */
export function span(text: string, role?: Role): Span {
  return role === undefined ? { text } : { text, role };
}

export function lineWidth(line: Line): number {
  let width = 0;
  for (const { text } of line) width += textWidth(text);
  return width;
}

export function lineText(line: Line): string {
  return line.map(({ text }) => text).join("");
}

/** `line` cut to at most `width` cells, "…" where something is missing. */
export function truncateLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  if (width <= 0) return emptyLine;
  const kept: Span[] = [];
  let room = width - 1;
  for (const part of line) {
    let text = "";
    for (const grapheme of graphemes(part.text)) {
      const next = graphemeWidth(grapheme);
      if (next > room) return [...kept, { ...part, text: `${text}…` }];
      text += grapheme;
      room -= next;
    }
    kept.push(part);
  }
  return kept;
}

/** `line` cut or filled with spaces to exactly `width` cells. */
export function fitLine(line: Line, width: number): Line {
  const cut = truncateLine(line, width);
  const missing = width - lineWidth(cut);
  return missing > 0 ? [...cut, { text: " ".repeat(missing) }] : cut;
}

/** `left` at the left edge, `right` at the right edge of `width` cells; `left` gives way, then `right`. */
export function spread(left: Line, right: Line, width: number): Line {
  const tail = truncateLine(right, width);
  const room = width - lineWidth(tail);
  return [
    ...fitLine(left, tail.length === 0 ? room : Math.max(0, room - 1)),
    ...(room > 0 && tail.length > 0 ? [span(" ")] : []),
    ...tail,
  ];
}

/** Every span of the line with `role` where it has none of its own. */
export function withRole(line: Line, role: Role): Line {
  return line.map((part) => (part.role === undefined ? { ...part, role } : part));
}
