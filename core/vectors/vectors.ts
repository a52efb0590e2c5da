import { hexDecode, hexEncode } from "../bytes/index.ts";

/** An object of a vector file. */
export type Json = Readonly<Record<string, unknown>>;

/** One vector as the files hold it; a check reads the parts it needs with the functions below. */
export interface Vector {
  readonly name: string;
  readonly input: Json;
  readonly output: Json;
}

/** Checks one vector. @throws Error when what we compute is not what the vector says */
export type VectorCheck = (vector: Vector) => void;

/** The checks of one file, by the `op` or `kind` of its vectors; an op without a check is a failure. */
export type VectorChecks = Readonly<Record<string, VectorCheck>>;

/** What running the vectors of one file gave. */
export interface VectorReport {
  readonly checked: number;
  readonly failures: readonly string[];
}

/** Runs each vector of a parsed vector file through the check for its op; none is skipped unseen. */
export function runVectors(file: unknown, checks: VectorChecks): VectorReport {
  const failures: string[] = [];
  const vectors = vectorsOf(file);
  for (const vector of vectors) {
    const op = text(vector.input["op"] ?? vector.input["kind"]);
    try {
      const check = checks[op];
      if (check === undefined) throw new Error(`no check for ${op}`);
      check(vector);
    } catch (error) {
      failures.push(`${op}: ${vector.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { checked: vectors.length, failures };
}

function vectorsOf(file: unknown): readonly Vector[] {
  return array(object(file)["vectors"]).map((item) => {
    const vector = object(item);
    return { name: text(vector["name"]), input: object(vector["input"]), output: object(vector["output"]) };
  });
}

/** A JSON value that has to be an object. @throws TypeError when it is not; so do the others */
export function object(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("not an object");
  return value as Json;
}

export function array(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not an array");
  return value;
}

export function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a string");
  return value;
}

export function integer(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new TypeError("not an integer");
  return value;
}

/** Integers above 2^53 are written as decimal strings. */
export function bigInteger(value: unknown): bigint {
  return BigInt(typeof value === "string" ? value : integer(value));
}

export function flag(value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError("not a boolean");
  return value;
}

/** Bytes from hexadecimal text. */
export function hex(value: unknown): Uint8Array {
  return hexDecode(text(value));
}

/** One of the texts that are known here. */
export function oneOf<T extends string>(value: unknown, ...known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new TypeError(`${String(value)} is none of ${known.join(", ")}`);
  return found;
}

/** `null` or absent becomes undefined. */
export function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === null || value === undefined ? undefined : read(value);
}

/** @throws Error when the bytes differ from those of the vector (hexadecimal text) */
export function expectBytes(actual: Uint8Array, expected: unknown, what = "bytes"): void {
  const found = hexEncode(actual);
  if (found !== text(expected)) {
    throw new Error(`${what}: ${shorten(found)} is not ${shorten(text(expected))}`);
  }
}

/** @throws Error when two JSON-like values differ; the order of properties means nothing */
export function expectSame(actual: unknown, expected: unknown, what = "value"): void {
  const found = canonical(actual);
  const due = canonical(expected);
  if (found !== due) throw new Error(`${what}: ${shorten(found)} is not ${shorten(due)}`);
}

/**
 * Decodes what a vector says can be decoded, and checks the value; what it says must not be (`decodes` is false) has
 * to fail. A vector that says neither can be decoded.
 */
export function expectDecoded<T>(output: Vector["output"], decode: () => T, check: (value: T) => void): void {
  if (flag(output["decodes"] ?? true)) check(decode());
  else expectFailure(decode);
}

/** @throws Error when `run` does not throw @returns what it throws */
export function expectFailure(run: () => unknown, what = "input"): unknown {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: has to be rejected but gives ${shorten(canonical(value))}`);
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner === "bigint") return inner.toString();
      if (inner instanceof Uint8Array) return hexEncode(inner);
      if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? "undefined"
  );
}

function shorten(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}... (${value.length} characters)` : value;
}
