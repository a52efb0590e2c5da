import { describe, expect, test } from "vitest";
import { byVersion, smpVersions } from "./version.ts";

describe("byVersion", () => {
  test("makes a value for each version we speak, once", () => {
    const made: number[] = [];
    const get = byVersion((version) => {
      made.push(version);
      return { version };
    });
    expect(get(smpVersions.min)).toBe(get(smpVersions.min));
    expect(get(smpVersions.max)).toEqual({ version: smpVersions.max });
    expect(made).toEqual([smpVersions.min, smpVersions.max]);
  });

  test.each([smpVersions.min - 1, smpVersions.max + 1, 7.5, Number.NaN])("refuses version %d", (version) => {
    expect(() => byVersion(() => ({}))(version)).toThrow(RangeError);
  });
});
