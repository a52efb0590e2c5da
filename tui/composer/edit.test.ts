import fc from "fast-check";
import { expect, test } from "vitest";
import { type Edit, type EditAction, edit } from "./edit.ts";

/** "ab|c" is the text "abc" with the cursor after "ab". */
function at(marked: string): Edit {
  return { text: marked.replace("|", ""), cursor: marked.indexOf("|") };
}
function show({ text, cursor }: Edit): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

test.each<[string, EditAction, string]>([
  ["ab|c", { type: "insert", text: "X\nY" }, "abX\nY|c"],
  ["ab|c", { type: "replace", text: "new" }, "new|"],
  ["a👩‍👩‍👧|b", { type: "left" }, "a|👩‍👩‍👧b"],
  ["a|👩‍👩‍👧b", { type: "right" }, "a👩‍👩‍👧|b"],
  ["|", { type: "left" }, "|"],
  ["a\n|b", { type: "left" }, "a|\nb"],
  ["a|\nb", { type: "right" }, "a\n|b"],
  ["one two  |", { type: "wordLeft" }, "one |two  "],
  ["one| two", { type: "wordRight" }, "one two|"],
  ["a\nbc|d\ne", { type: "lineStart" }, "a\n|bcd\ne"],
  ["a\nb|cd\ne", { type: "lineEnd" }, "a\nbcd|\ne"],
  ["a\nb|c", { type: "start" }, "|a\nbc"],
  ["a|\nbc", { type: "end" }, "a\nbc|"],
  ["ae\u0301|", { type: "backspace" }, "a|"],
  ["a\n|b", { type: "backspace" }, "a|b"],
  ["|", { type: "backspace" }, "|"],
  ["a|👍🏽b", { type: "delete" }, "a|b"],
  ["say hello |", { type: "wordBackspace" }, "say |"],
  ["say| hello", { type: "wordDelete" }, "say|"],
  ["a\nbc|d", { type: "killToStart" }, "a\n|d"],
  ["a|bc\nd", { type: "killToEnd" }, "a|\nd"],
  ["a|\nd", { type: "killToEnd" }, "a|d"],
])("%s after %j is %s", (before, action, after) => {
  expect(show(edit(at(before), action))).toBe(after);
});

test("the cursor always stays inside the text and between graphemes", () => {
  const actions = fc.constantFrom<EditAction>(
    { type: "insert", text: "👍🏽 a" },
    { type: "insert", text: "\n" },
    { type: "left" },
    { type: "right" },
    { type: "wordLeft" },
    { type: "backspace" },
    { type: "delete" },
    { type: "killToEnd" },
    { type: "lineEnd" },
  );
  fc.assert(
    fc.property(fc.array(actions), (list) => {
      const end = list.reduce(edit, { text: "", cursor: 0 });
      expect(end.cursor).toBeGreaterThanOrEqual(0);
      expect(end.cursor).toBeLessThanOrEqual(end.text.length);
      expect(end.text.isWellFormed()).toBe(true);
    }),
  );
});
