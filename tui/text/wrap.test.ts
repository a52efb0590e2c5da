import fc from "fast-check";
import { expect, test } from "vitest";
import { textWidth } from "./width.ts";
import { wrapSpans, wrapText } from "./wrap.ts";

test.each([
  ["fits", 10, ["fits"]],
  ["break at spaces please", 10, ["break at", "spaces", "please"]],
  ["a\n\nb", 10, ["a", "", "b"]],
  ["  indented code line", 12, ["  indented", "code line"]],
  ["abcdefghij", 4, ["abcd", "efgh", "ij"]],
  ["日本語日本語", 5, ["日本", "語日", "本語"]],
  ["see https://a.example/long", 8, ["see", "https://", "a.exampl", "e/long"]],
  ["", 5, [""]],
])("%j in %i cells", (text, width, expected) => {
  expect(wrapText(text, width)).toEqual(expected);
});

test("styles stay with their words, also in a word of two styles", () => {
  expect(wrapSpans([{ text: "so " }, { text: "bold", bold: true }, { text: "er yes" }], 7)).toEqual([
    [{ text: "so" }],
    [{ text: "bold", bold: true }, { text: "er" }],
    [{ text: "yes" }],
  ]);
});

test("no line is wider than the room, and no word is lost", () => {
  const text = fc.stringMatching(/^[a-z 日👍\n]{0,60}$/u);
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 20 }), (value, width) => {
      const lines = wrapText(value, width);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      expect(lines.join("").replace(/\s/g, "")).toBe(value.replace(/\s/g, ""));
    }),
  );
});
