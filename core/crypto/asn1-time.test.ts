import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "../bytes/index.ts";
import { DerReader, element, tags } from "./asn1.ts";
import { encodeTime, readTime } from "./asn1-time.ts";

const read = (tag: number, text: string): number =>
  readTime(new DerReader(element(tag, new TextEncoder().encode(text))));

test.each([
  [tags.utcTime, "261123071656Z", "2026-11-23T07:16:56Z"],
  [tags.utcTime, "490101000000Z", "2049-01-01T00:00:00Z"],
  [tags.utcTime, "500101000000Z", "1950-01-01T00:00:00Z"],
  [tags.utcTime, "240229235959Z", "2024-02-29T23:59:59Z"],
  [tags.generalizedTime, "21261030071656Z", "2126-10-30T07:16:56Z"],
  [tags.generalizedTime, "20261123071656Z", "2026-11-23T07:16:56Z"],
  [tags.generalizedTime, "99991231235959Z", "9999-12-31T23:59:59Z"],
])("time of tag %i, %s, is %s", (tag, text, iso) => {
  expect(read(tag, text)).toBe(Date.parse(iso));
});

test.each([
  [tags.utcTime, "2611230716Z"],
  [tags.utcTime, "261123071656"],
  [tags.utcTime, "261123071656+0100"],
  [tags.utcTime, "20261123071656Z"],
  [tags.utcTime, "230229000000Z"],
  [tags.utcTime, "260431000000Z"],
  [tags.utcTime, "261301000000Z"],
  [tags.utcTime, "260101240000Z"],
  [tags.utcTime, "260101006000Z"],
  [tags.utcTime, "26010100000aZ"],
  [tags.generalizedTime, "261123071656Z"],
  [tags.generalizedTime, "20261123071656.5Z"],
  [tags.generalizedTime, "20261123071656Z0"],
  [tags.octetString, "261123071656Z"],
])("time of tag %i, %s, is rejected", (tag, text) => {
  expect(() => read(tag, text)).toThrow(DecodeError);
});

test("every second from 1950 to 9999 comes back, fractions are cut off", () => {
  const [min, max] = [Date.parse("1950-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59Z")];
  fc.assert(
    fc.property(fc.integer({ min, max }), (timeMs) => {
      expect(readTime(new DerReader(encodeTime(timeMs)))).toBe(Math.floor(timeMs / 1000) * 1000);
    }),
  );
});

test("the years from 2050 on are written as GeneralizedTime", () => {
  expect(encodeTime(Date.UTC(2049, 11, 31))[0]).toBe(tags.utcTime);
  expect(encodeTime(Date.UTC(2050, 0, 1))[0]).toBe(tags.generalizedTime);
});

test.each([Date.UTC(1949, 0), Date.UTC(10_000, 0)])("the time %i is not written", (timeMs) => {
  expect(() => encodeTime(timeMs)).toThrow(RangeError);
});
