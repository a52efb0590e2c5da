import { sanitizeText } from "../../core/chat/sanitize.ts";

/** Where a command writes: results to standard output and nothing else there; all else to standard error. */
export interface Io {
  /** The result goes out as JSON, for programs. */
  readonly json: boolean;
  /** One result: as JSON on one line, or as text for people, with what does not print taken out. */
  result(value: unknown, text: string): void;
  /** A word on the way to the result, for people only. */
  note(text: string): void;
}

export function createIo(json: boolean, out: (text: string) => void, error: (text: string) => void): Io {
  return {
    json,
    result: (value, text) =>
      out(json ? `${printableJson(value)}\n` : text === "" ? "" : `${sanitizeText(text)}\n`),
    note: (text) => {
      if (!json) error(`${sanitizeText(text)}\n`);
    },
  };
}

// What JSON leaves as it is, and a terminal may act upon: C1 controls, and marks of direction.
const unsafe = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** JSON that does no harm when it is printed on a terminal; the values are the same. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value ?? null).replace(
    unsafe,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
