import { expect, test } from "vitest";
import { graphemes } from "../text/width.ts";
import { completeEmoji, emoji } from "./emoji.ts";

test.each([
  ["nice :rock", "nice 🚀"],
  ["👍 :fire", "👍 🔥"],
  [":heart", "❤️"],
  [":heart_e", "😍"],
])("%s becomes %s", (text, expected) => {
  expect(completeEmoji({ text, cursor: text.length })).toEqual({ text: expected, cursor: expected.length });
});

test.each(["10:30", "a:rock", ":zzz", ":r", ""])("%j stays as it is", (text) => {
  expect(completeEmoji({ text, cursor: text.length })).toBeUndefined();
});

test("each name stands for one emoji", () => {
  for (const [name, value] of Object.entries(emoji)) {
    expect(name).toMatch(/^[a-z_]+$/);
    expect(graphemes(value)).toHaveLength(1);
  }
});
