import { expect, test } from "vitest";
import { searchMatches } from "./search-matches.ts";

test("matches are whole words, and words that begin as the last one of the query", () => {
  const text = "The Café is at the caf\u00e9teria";
  const found = (query: string): readonly string[] =>
    searchMatches(text, query).map(([a, b]) => text.slice(a, b));
  expect(found("cafe")).toEqual(["Café", "caf\u00e9teria"]);
  expect(found("cafe at")).toEqual(["Café", "at"]);
  expect(found("THE x")).toEqual(["The", "the"]);
  expect(found("")).toEqual([]);
});
