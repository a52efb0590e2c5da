import { afterEach, expect, test } from "vitest";
import { drawnText, fitText, graphemes, setEmojiForm, textWidth, truncate } from "./width.ts";

test.each([
  ["", 0],
  ["plain", 5],
  ["日本", 4],
  ["👍🏽", 2],
  ["👩‍👩‍👧", 2],
  ["e\u0301", 1],
  ["שלום", 4],
  ["🇩🇪", 2],
])("%s takes %i cells", (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test("a cut never splits a wide character and marks what is missing", () => {
  expect(truncate("日本語", 4)).toBe("日…");
  expect(truncate("日本語", 6)).toBe("日本語");
  expect(truncate("hello", 4)).toBe("hel…");
  expect(truncate("hello", 0)).toBe("");
});

test("fitted text takes exactly the width asked for", () => {
  for (const text of ["", "abc", "日本語です", "👩‍👩‍👧 x", "a long line of text"]) {
    for (let width = 0; width < 14; width++) {
      expect(textWidth(fitText(text, width))).toBe(width);
      expect(textWidth(fitText(text, width, "right"))).toBe(width);
    }
  }
});

test("joined emoji are one grapheme", () => {
  expect(graphemes("a👩‍👩‍👧b")).toEqual(["a", "👩‍👩‍👧", "b"]);
});

afterEach(() => setEmojiForm("full"));

test.each([
  ["👍🏽", "👍", 2],
  ["👩‍👩‍👧", "👩", 2],
  ["❤️", "❤", 1],
  ["1️⃣", "1", 1],
  ["🇩🇪", "🇩🇪", 2],
  ["می‌خواهم", "می‌خواهم", 7],
  ["क्‍ष", "क्‍ष", 1],
])("in simple form %s is drawn as %s and measured so", (text, drawn, width) => {
  setEmojiForm("simple");
  expect(drawnText(`a ${text} b`)).toBe(`a ${drawn} b`);
  expect(textWidth(`a ${text} b`)).toBe(4 + width);
});
