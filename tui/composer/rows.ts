import { graphemes, graphemeWidth } from "../text/width.ts";
import type { Edit } from "./edit.ts";

/** One row of the text as it is drawn: [start, end) in UTF-16, without the line end. */
export interface Row {
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a text being typed into rows of at most `width` cells (at least 2). Unlike in wrapped messages no character
 * is dropped, so that each has a place for the cursor; a row breaks after the last space that fits.
 */
export function textRows(text: string, width: number): Row[] {
  const rows: Row[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    let start = offset;
    let used = 0;
    let position = offset;
    let afterSpace = -1;
    let usedAfterSpace = 0;
    for (const grapheme of graphemes(line)) {
      const next = graphemeWidth(grapheme);
      while (used + next > width && position > start) {
        const end = afterSpace > start ? afterSpace : position;
        rows.push({ start, end });
        used = end === position ? 0 : used - usedAfterSpace;
        start = end;
        afterSpace = -1;
      }
      position += grapheme.length;
      used += next;
      if (grapheme === " ") {
        afterSpace = position;
        usedAfterSpace = used;
      }
    }
    rows.push({ start, end: position });
    offset = position + 1;
  }
  return rows;
}

/** Row and column (in cells) of the cursor. At a soft break it stands at the start of the next row. */
export function cursorPlace(
  text: string,
  cursor: number,
  rows: readonly Row[],
): { row: number; column: number } {
  let row = 0;
  for (let index = 0; index < rows.length; index++) {
    if ((rows[index]?.start ?? 0) <= cursor) row = index;
  }
  let column = 0;
  for (const grapheme of graphemes(text.slice(rows[row]?.start ?? 0, cursor)))
    column += graphemeWidth(grapheme);
  return { row, column };
}

/** The cursor one row up (-1) or down (1), at about the same column; the same state at the first or last row. */
export function moveRow(state: Edit, width: number, by: 1 | -1): Edit {
  const rows = textRows(state.text, width);
  const { row, column } = cursorPlace(state.text, state.cursor, rows);
  const target = rows[row + by];
  if (target === undefined) return state;
  let cursor = target.start;
  let used = 0;
  for (const grapheme of graphemes(state.text.slice(target.start, target.end))) {
    used += graphemeWidth(grapheme);
    if (used > column) break;
    cursor += grapheme.length;
  }
  // The end of a row that goes on below is drawn at the start of the next one: stay before it.
  const next = rows[row + by + 1];
  if (next !== undefined && next.start === cursor && cursor > target.start) {
    cursor -= graphemes(state.text.slice(target.start, cursor)).at(-1)?.length ?? 0;
  }
  return { text: state.text, cursor };
}
