import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testCodec } from "../testing/codec-table.ts";
import {
  compatibleRange,
  compatibleVersion,
  formatVersionRange,
  parseVersionRange,
  type VersionRange,
  versionRange,
} from "./version.ts";

const ranges = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 65_535 }))
  .map(([a, b]): VersionRange => ({ min: Math.min(a, b), max: Math.max(a, b) }));

describe("version ranges", () => {
  testCodec("versionRange", versionRange, {
    correct: [[{ min: 6, max: 18 }, "00060012"]],
    badValues: [
      { min: 7, max: 6 },
      { min: 0, max: 65_536 },
    ],
    badBytes: ["00070006", "000700"],
    any: ranges,
  });

  test("text reads back as it was written", () => {
    fc.assert(
      fc.property(ranges, (range) => {
        expect(parseVersionRange(formatVersionRange(range))).toEqual(range);
      }),
    );
  });

  test.each(["", "1-", "-1", "3-2", "a", "1-2-3", "1 - 2", "65536", "9999999999"])(
    "%j is no range",
    (text) => {
      expect(() => parseVersionRange(text)).toThrow(expect.objectContaining({ name: "DecodeError" }));
    },
  );

  test("two ranges have in common what both hold", () => {
    expect(compatibleRange({ min: 1, max: 5 }, { min: 3, max: 9 })).toEqual({ min: 3, max: 5 });
    expect(compatibleVersion({ min: 1, max: 5 }, { min: 3, max: 9 })).toBe(5);
    expect(compatibleRange({ min: 1, max: 2 }, { min: 3, max: 9 })).toBeUndefined();
  });
});
