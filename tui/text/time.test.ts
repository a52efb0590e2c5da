import { expect, test } from "vitest";
import { dayNumber, dayTitle, duration, exactTime, listTime } from "./time.ts";

const at = (text: string): number => new Date(text).getTime();
const now = at("2026-11-23T14:30:00");

test.each([
  ["2026-11-23T14:02:00", "14:02"],
  ["2026-11-23T00:00:00", "00:00"],
  ["2026-11-22T23:59:00", "yesterday"],
  ["2026-11-20T12:00:00", "Fri"],
  ["2026-11-16T12:00:00", "16 Nov"],
  ["2024-01-02T12:00:00", "2024-01-02"],
])("%s is listed as %s", (text, expected) => {
  expect(listTime(at(text), now)).toBe(expected);
});

test("what is near has its seconds", () => {
  expect(exactTime(at("2026-11-23T04:02:05"))).toBe("04:02:05");
});

test("a day has a title and a number", () => {
  expect(dayTitle(at("2026-11-22T10:00:00"), now)).toBe("Sunday, 22 November");
  expect(dayTitle(at("2025-11-22T10:00:00"), now)).toBe("Saturday, 22 November 2025");
  expect(dayNumber(at("2026-11-23T00:00:00")) - dayNumber(at("2026-11-22T23:59:59"))).toBe(1);
});

test.each([
  [45, "45 s"],
  [180, "3 min"],
  [7200, "2 h"],
  [86_400, "1 day"],
  [604_800, "7 days"],
])("%i seconds are %s", (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});
