import { base64urlDecode, base64urlEncode, DecodeError } from "../../bytes/index.ts";

/** What `JSON.parse` gives. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** One JSON type in both directions. */
export interface JsonCodec<T> {
  /** @throws DecodeError naming the property, when the value is not of this type */
  decode(value: Json): T;
  encode(value: T): Json;
}

/** The type of the values of a codec. */
export type JsonValue<C> = C extends JsonCodec<infer T> ? T : never;

/** Parses JSON text. @throws DecodeError when it is not JSON */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new DecodeError("text is not JSON");
  }
}

function fail(reason: string): never {
  throw new DecodeError(reason);
}

function same<T extends Json>(decode: (value: Json) => T): JsonCodec<T> {
  return { decode, encode: (value) => value };
}

export const string: JsonCodec<string> = same((value) =>
  typeof value === "string" ? value : fail("not a string"),
);

export const boolean: JsonCodec<boolean> = same((value) =>
  typeof value === "boolean" ? value : fail("not true or false"),
);

/** A whole number within 2^53. */
export const integer: JsonCodec<number> = same((value) =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : fail("not a whole number"),
);

/** Any object, kept as it is. */
export const anyObject: JsonCodec<JsonObject> = same((value) => asObject(value));

/** Any value, kept as it is. */
export const anything: JsonCodec<Json> = same((value) => value);

/** Bytes as base64url text. */
export const bytes: JsonCodec<Uint8Array> = {
  decode: (value) => base64urlDecode(string.decode(value)),
  encode: base64urlEncode,
};

const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,12})?Z$/;

/** A UTC time in the form of RFC 3339, as text. */
export const time: JsonCodec<string> = same((value) =>
  typeof value === "string" && timePattern.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : fail("not a UTC time"),
);

export function array<T>(item: JsonCodec<T>): JsonCodec<readonly T[]> {
  return {
    decode: (value) =>
      Array.isArray(value)
        ? value.map((one: Json, i) => within(`[${i}]`, () => item.decode(one)))
        : fail("not an array"),
    encode: (values) => values.map((one) => item.encode(one)),
  };
}

/** An object used as a map. */
export function record<T>(item: JsonCodec<T>): JsonCodec<ReadonlyMap<string, T>> {
  return {
    decode: (value) =>
      new Map(
        Object.entries(asObject(value)).map(([name, one]) => [name, within(name, () => item.decode(one))]),
      ),
    encode: (map) => Object.fromEntries(Array.from(map, ([name, one]) => [name, item.encode(one)])),
  };
}

/** One of some texts; others are rejected. */
export function oneOf<const T extends string>(...values: readonly T[]): JsonCodec<T> {
  return same((value) => values.find((one) => one === value) ?? fail("not one of its values"));
}

/** A property that may be absent (or null). */
export interface Optional<T> {
  readonly optional: JsonCodec<T>;
}

export function optional<T>(codec: JsonCodec<T>): Optional<T> {
  return { optional: codec };
}

type Field = JsonCodec<unknown> | Optional<unknown>;
type Fields = Readonly<Record<string, Field>>;
type RequiredNames<F> = { [K in keyof F]: F[K] extends Optional<unknown> ? never : K }[keyof F];
type OptionalNames<F> = { [K in keyof F]: F[K] extends Optional<unknown> ? K : never }[keyof F];
/** The type of an object with these fields. */
export type ObjectOf<F> = {
  readonly [K in RequiredNames<F>]: F[K] extends JsonCodec<infer T> ? T : never;
} & {
  readonly [K in OptionalNames<F>]?: F[K] extends Optional<infer T> ? T | undefined : never;
};

/** An object with these properties; others are ignored when reading, as later versions may add some. */
export function object<const F extends Fields>(fields: F): JsonCodec<ObjectOf<F>> {
  const entries = Object.entries<Field>(fields);
  return {
    decode(value) {
      const source = asObject(value);
      const result: Record<string, unknown> = {};
      for (const [name, field] of entries) {
        const found = Object.hasOwn(source, name) ? source[name] : undefined;
        if ("optional" in field) {
          if (found !== undefined && found !== null) {
            result[name] = within(name, () => field.optional.decode(found));
          }
        } else if (found === undefined) {
          within(name, () => fail("property is missing"));
        } else {
          result[name] = within(name, () => field.decode(found));
        }
      }
      return result as ObjectOf<F>;
    },
    encode(value) {
      const source = value as Readonly<Record<string, unknown>>;
      const result: Record<string, Json> = {};
      for (const [name, field] of entries) {
        const one = source[name];
        if (one !== undefined) result[name] = ("optional" in field ? field.optional : field).encode(one);
      }
      return result;
    },
  };
}

/** @throws DecodeError when the value is not an object */
export function asObject(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("not an object");
  return value as JsonObject;
}

function within<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}
