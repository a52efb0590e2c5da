import fc from "fast-check";
import { expect, test } from "vitest";
import { formatUtcTime, parseUtcTime } from "./time.ts";

test("a time reads back as it was written, to the microsecond", () => {
  const from = Date.UTC(0, 0, 1) * 1000;
  const to = Date.UTC(2200, 0, 1) * 1000;
  fc.assert(
    fc.property(fc.integer({ min: from, max: to }), (time) => parseUtcTime(formatUtcTime(time)) === time),
  );
});

test("finer digits than microseconds are dropped", () => {
  expect(parseUtcTime("2024-01-02T03:04:05.123456789Z")).toBe(parseUtcTime("2024-01-02T03:04:05.123456Z"));
});

test.each(["", "2024-01-02", "2024-01-02T03:04:05", "2024-13-02T03:04:05Z", "2024-01-02T03:04:05+01:00"])(
  "%j is no time",
  (text) => {
    expect(() => parseUtcTime(text)).toThrow(expect.objectContaining({ name: "DecodeError" }));
  },
);

test("a year of five digits can't be written", () => {
  expect(() => formatUtcTime(Date.UTC(10_000, 0, 1) * 1000)).toThrow(RangeError);
});
