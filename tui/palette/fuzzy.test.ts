import { expect, test } from "vitest";
import { fuzzyFilter, fuzzyScore } from "./fuzzy.ts";

const commands = [
  "invite someone",
  "join with a link",
  "verify this contact",
  "search messages",
  "settings",
  "quit",
];
const best = (query: string) => fuzzyFilter(commands, query, (text) => text)[0];

test.each([
  ["inv", "invite someone"],
  ["jl", "join with a link"],
  ["vc", "verify this contact"],
  ["sm", "search messages"],
  ["SET", "settings"],
  ["some one", "invite someone"],
])("%s finds %s first", (query, expected) => {
  expect(best(query)).toBe(expected);
});

test("characters out of order do not fit, an empty query fits all", () => {
  expect(fuzzyScore("tiuq", "quit")).toBeUndefined();
  expect(fuzzyFilter(commands, " ", (text) => text)).toEqual(commands);
});
