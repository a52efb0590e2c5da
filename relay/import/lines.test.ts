import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { temporaryFolder } from "../testing/process.ts";
import { lineLengthMax, linesOf } from "./lines.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function linesOfText(text: string): readonly (string | undefined)[] {
  const { path, remove } = temporaryFolder();
  cleanups.push(remove);
  const file = join(path, "text");
  writeFileSync(file, text);
  return [...linesOf(file)];
}

it.each([
  ["", []],
  ["one", ["one"]],
  ["one\n", ["one"]],
  ["\n\none\n\ntwo", ["", "", "one", "", "two"]],
])("the text %j has the lines %j", (text, lines) => {
  expect(linesOfText(text)).toEqual(lines);
});

it("lines are whole wherever the file is cut to be read, in the middle of a character, too", () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `${i}${"ä".repeat(i % 97)}`);
  expect(linesOfText(lines.join("\n"))).toEqual(lines);
});

it("a line that is too long is not kept, at the end neither, and those around it are", () => {
  const [longest, tooLong] = ["x".repeat(lineLengthMax), "x".repeat(lineLengthMax + 1)];
  const farTooLong = "x".repeat(5 * lineLengthMax);
  const lines = ["a", longest, tooLong, "b", farTooLong, farTooLong, "c", tooLong];
  const kept = ["a", longest, undefined, "b", undefined, undefined, "c", undefined];
  expect(linesOfText(lines.join("\n"))).toEqual(kept);
});
