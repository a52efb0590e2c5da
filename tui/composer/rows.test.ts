import fc from "fast-check";
import { expect, test } from "vitest";
import { textWidth } from "../text/width.ts";
import { cursorPlace, moveRow, textRows } from "./rows.ts";

function split(text: string, width: number): string[] {
  return textRows(text, width).map(({ start, end }) => text.slice(start, end));
}

test.each([
  ["", 5, [""]],
  ["hello", 5, ["hello"]],
  ["hello you", 7, ["hello ", "you"]],
  ["a\n\nb", 5, ["a", "", "b"]],
  ["abcdefg", 3, ["abc", "def", "g"]],
  ["日本語", 4, ["日本", "語"]],
  ["a b c d", 4, ["a b ", "c d"]],
])("%j in %i cells", (text, width, expected) => {
  expect(split(text, width)).toEqual(expected);
});

test("no row is too wide and every character has a row", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ab 日\n]{0,40}$/u), fc.integer({ min: 2, max: 12 }), (text, width) => {
      const rows = split(text, width);
      for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(width);
      expect(rows.join("")).toBe(text.replaceAll("\n", ""));
    }),
  );
});

test("the cursor is found in its row, also after wide characters and at the end", () => {
  const text = "日本 abc\nx";
  const rows = textRows(text, 5);
  expect(cursorPlace(text, 0, rows)).toEqual({ row: 0, column: 0 });
  expect(cursorPlace(text, 2, rows)).toEqual({ row: 0, column: 4 });
  expect(cursorPlace(text, 3, rows)).toEqual({ row: 1, column: 0 });
  expect(cursorPlace(text, text.length, rows)).toEqual({ row: 2, column: 1 });
});

test("up and down keep the column where the row is long enough", () => {
  const text = "abcdef\nab\nabcdef";
  expect(moveRow({ text, cursor: 4 }, 10, 1).cursor).toBe(9);
  expect(moveRow({ text, cursor: 12 }, 10, -1).cursor).toBe(9);
  expect(moveRow({ text, cursor: 2 }, 10, -1).cursor).toBe(2);
  expect(moveRow({ text, cursor: 12 }, 10, 1).cursor).toBe(12);
});
