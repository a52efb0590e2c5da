import { cursorPlace } from "../composer/rows.ts";
import { emptyLine, fitLine, type Line, lineWidth, type Span, span, spread } from "../style/line.ts";
import { graphemes, graphemeWidth, textWidth } from "../text/width.ts";
import { wrapSpans } from "../text/wrap.ts";
import {
  chosenOf,
  editOf,
  type FieldRow,
  focusedRow,
  type Page,
  type PageRow,
  type PageState,
} from "./page.ts";

export interface PageView {
  readonly lines: readonly Line[];
  readonly cursor?: { readonly x: number; readonly y: number };
}

/** Label, then value; the same for all rows of a page. */
const labelWidthMax = 22;
/** On a wide screen hints stay near to what they are about. */
const pageWidthMax = 100;
const leftMargin = "  ";

/** The page in exactly `height` rows; it scrolls so that the row with the keyboard is seen. */
export function pageView(page: Page, state: PageState, paneWidth: number, height: number): PageView {
  const width = Math.min(paneWidth, pageWidthMax);
  const focused = focusedRow(page, state);
  const labels = page.rows.map((row) => ("label" in row && row.kind !== "action" ? textWidth(row.label) : 0));
  const labelWidth = Math.min(labelWidthMax, Math.max(8, ...labels));
  const lines: Line[] = [
    spread(
      [{ text: `${leftMargin}${page.title}`, bold: true }],
      [span(`${page.aside ?? ""}${leftMargin}`, "dim")],
      width,
    ),
    emptyLine,
  ];
  let cursor: { x: number; y: number } | undefined;
  let focusY = 0;
  for (const row of page.rows) {
    const current = row === focused;
    if (current) focusY = lines.length;
    if (row.kind === "note" || row.kind === "value") {
      lines.push(...readLines(row, labelWidth, width));
      continue;
    }
    const drawn = fieldLine(row, current, state, labelWidth, width);
    if (current && drawn.cursorX !== undefined) cursor = { x: drawn.cursorX, y: lines.length };
    lines.push(drawn.line);
  }
  const start = Math.max(0, Math.min(lines.length - height, focusY - Math.floor(height / 2)));
  const shown = lines.slice(start, start + height);
  while (shown.length < height) shown.push(emptyLine);
  return { lines: shown, ...(cursor !== undefined && { cursor: { x: cursor.x, y: cursor.y - start } }) };
}

/** A row to read, in as many rows as it needs: an address or a link that is cut off is of no use. */
function readLines(row: Exclude<PageRow, FieldRow>, labelWidth: number, width: number): Line[] {
  const label = row.kind === "value" ? row.label.padEnd(labelWidth + 2) : "";
  const start = leftMargin.length + label.length;
  return wrapSpans(row.kind === "value" ? row.value : row.line, width - start - 1).map((line, index) => {
    return fitLine(
      [span(leftMargin), span(index === 0 ? label : " ".repeat(label.length), "dim"), ...line],
      width,
    );
  });
}

function fieldLine(
  row: FieldRow,
  current: boolean,
  state: PageState,
  labelWidth: number,
  width: number,
): { line: Line; cursorX?: number } {
  const mark = current ? span("▌ ", "accent") : span(leftMargin);
  const label = (text: string): Span => span(text.padEnd(labelWidth + 2), current ? undefined : "dim");
  const hint = (text: string | undefined): Line => (text === undefined ? [] : [span(text, "dim"), span(" ")]);
  switch (row.kind) {
    case "action":
      return { line: spread([mark, { text: row.label, bold: current }], hint(row.hint), width) };
    case "choice": {
      const chosen = chosenOf(row, state);
      const option = row.options.find(({ id }) => id === chosen)?.label ?? chosen;
      const value: Line = current
        ? [span("‹ ", "accent"), { text: option, bold: true }, span(" ›", "accent")]
        : [span(option)];
      const left = [mark, label(row.label), ...value];
      // The hint gives way to the value.
      const words = chosen === row.value ? row.hint : "enter saves";
      const aside = lineWidth(left) + textWidth(words ?? "") + 2 <= width ? hint(words) : [];
      return { line: spread(left, aside, width) };
    }
    case "text": {
      const edit = editOf(row, state);
      const shown =
        row.secret === true
          ? {
              text: "•".repeat(graphemes(edit.text).length),
              cursor: graphemes(edit.text.slice(0, edit.cursor)).length,
            }
          : edit;
      const start = leftMargin.length + labelWidth + 2;
      const room = Math.max(4, width - start - 2 - (current ? 0 : textWidth(row.hint ?? "") + 1));
      const { text, column } = scrolled(shown.text, current ? shown.cursor : 0, room);
      const empty = text === "" && !current;
      const line: Line = [mark, label(row.label), empty ? span("(none)", "dim") : span(text)];
      // While it is typed, the hint gives way to the text.
      const aside = textWidth(text) + textWidth(row.hint ?? "") + 2 <= room ? hint(row.hint) : [];
      return { line: spread(line, aside, width), ...(current && { cursorX: start + column }) };
    }
  }
}

/** The part of a long text around the cursor that has room, and the cursor's column in it. */
function scrolled(text: string, cursor: number, room: number): { text: string; column: number } {
  const { column } = cursorPlace(text, cursor, [{ start: 0, end: text.length }]);
  if (textWidth(text) < room) return { text, column };
  let skip = Math.max(0, column - room + 2);
  let rest = "";
  let used = 0;
  let skipped = 0;
  for (const grapheme of graphemes(text)) {
    const width = graphemeWidth(grapheme);
    if (skip > 0) {
      skip -= width;
      skipped += width;
    } else if (used + width < room) {
      rest += grapheme;
      used += width;
    } else break;
  }
  return { text: rest, column: column - skipped };
}
