import { DecodeError } from "./errors.ts";

const microsecondsPerMs = 1000;
const format = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?Z$/;

/**
 * A time as ISO 8601 text in UTC (`2024-01-02T03:04:05.123456Z`), as microseconds since the Unix epoch.
 * Finer digits are dropped.
 * @throws DecodeError when `text` is not such a time
 */
export function parseUtcTime(text: string): number {
  const match = format.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  if (match === null || Number.isNaN(ms))
    throw new DecodeError("time is not of the form 2024-01-02T03:04:05Z");
  return ms * microsecondsPerMs + Number((match[2] ?? "").padEnd(6, "0").slice(0, 6));
}

/** ISO 8601 text in UTC; the fraction has no trailing zeros. @throws RangeError outside of the years 0 to 9999 */
export function formatUtcTime(microseconds: number): string {
  const wholeSeconds = Math.floor(microseconds / 1_000_000);
  const text = new Date(wholeSeconds * 1000).toISOString();
  if (text.length !== "2024-01-02T03:04:05.000Z".length)
    throw new RangeError("cannot format time: year is not 0 to 9999");
  const fraction = `${microseconds - wholeSeconds * 1_000_000}`.padStart(6, "0").replace(/0+$/, "");
  return `${text.slice(0, 19)}${fraction === "" ? "" : `.${fraction}`}Z`;
}
