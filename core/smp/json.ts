import { DecodeError } from "../bytes/index.ts";

/** @throws DecodeError when `text` is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError("text is not JSON");
  }
}

/** @throws DecodeError when `value` is not a JSON object; so do the others for their types */
export function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DecodeError(`${what} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

export function readText(value: unknown, what: string): string {
  if (typeof value !== "string") throw new DecodeError(`${what} is not a string`);
  return value;
}

export function readNumber(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new DecodeError(`${what} is not an integer`);
  }
  return value;
}

export function readBoolean(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw new DecodeError(`${what} is not a boolean`);
  return value;
}

export function readOneOf<T extends string>(known: readonly T[], value: unknown, what: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new DecodeError(`${what} is not one of its values`);
  return found;
}

/** `null` or absent becomes undefined. */
export function readMaybe<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === null || value === undefined ? undefined : read(value);
}
