import { DecodeError } from "../bytes/index.ts";
import { type DerReader, element, tags } from "./asn1.ts";

/** Dates from this year on need GeneralizedTime ("Validity" of RFC 5280). */
const generalizedFromYear = 2050;

/**
 * Reads a UTCTime or GeneralizedTime in the one form certificates may use: with seconds and in UTC.
 * @returns milliseconds since the Unix epoch
 * @throws DecodeError for another tag or form, or no such date
 */
export function readTime(reader: DerReader): number {
  const { tag, content } = reader.element();
  const text = String.fromCharCode(...content.subarray(0, 16));
  if (tag === tags.utcTime && /^\d{12}Z$/.test(text)) {
    const century = Number(text.slice(0, 2)) < 50 ? "20" : "19";
    return parseTime(century + text);
  }
  if (tag === tags.generalizedTime && /^\d{14}Z$/.test(text)) return parseTime(text);
  throw new DecodeError("time is neither UTCTime nor GeneralizedTime in UTC");
}

function parseTime(text: string): number {
  const [, ...fields] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = fields;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const timeMs = date.getTime();
  // Days that a month has not are moved to the next month instead of rejected.
  if (Number.isNaN(timeMs) || timeText(timeMs) !== text) throw new DecodeError("time is not a date");
  return timeMs;
}

/** The time as UTCTime up to 2049 and GeneralizedTime after. @throws RangeError outside the years 1950 to 9999 */
export function encodeTime(timeMs: number): Uint8Array {
  const text = timeText(timeMs);
  const year = Number(text.slice(0, 4));
  if (text.length !== 15 || year < 1950) throw new RangeError("cannot encode time: year is not 1950 to 9999");
  const [tag, form] =
    year < generalizedFromYear ? [tags.utcTime, text.slice(2)] : [tags.generalizedTime, text];
  return element(tag, new TextEncoder().encode(form));
}

/** `YYYYMMDDHHMMSSZ`; fractions of a second are cut off. */
function timeText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, -5).replace(/[-:T]/g, "")}Z`;
}
