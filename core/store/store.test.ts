import { describe, expect, test } from "vitest";
import { prefixEnd, searchWords } from "./store.ts";

describe("prefixEnd", () => {
  test("is the least key above all keys with the prefix", () => {
    expect(prefixEnd(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 3));
    expect(prefixEnd(Uint8Array.of(1, 0xff, 0xff))).toEqual(Uint8Array.of(2));
    expect(prefixEnd(Uint8Array.of(0xff))).toBeUndefined();
  });
});

describe("searchWords", () => {
  test("is the words in lower case without accents, whatever stands between them", () => {
    expect(searchWords("  See YOU, at 8: Café—au  lait!")).toEqual([
      "see",
      "you",
      "at",
      "8",
      "cafe",
      "au",
      "lait",
    ]);
    expect(searchWords("...")).toEqual([]);
  });
});
