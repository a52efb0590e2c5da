import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "./lines.ts";

test("lines are the same however the text is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ab\n]{0,9}$/)), (chunks) => {
      const splitter = new LineSplitter(1000);
      const lines = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
      expect(lines).toEqual(
        chunks
          .join("")
          .split("\n")
          .filter((line) => line !== ""),
      );
    }),
  );
});

test("of a line that is too long only one unit too much is kept, and the next one is whole", () => {
  const splitter = new LineSplitter(4);
  expect(splitter.push("abc")).toEqual([]);
  expect(splitter.push("defghij")).toEqual([]);
  expect(splitter.push("k\nnext\nl")).toEqual(["abcde", "next"]);
  expect(splitter.end()).toEqual(["l"]);
  expect(splitter.end()).toEqual([]);
});
