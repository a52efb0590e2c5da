import { ChatError } from "../api.ts";

/** Takes a JSON value apart that somebody else wrote. `path` names it in the error. @throws ChatError badArgument */
export type Parser<T> = (value: unknown, path: string) => T;

/** A property that may be left out. */
export interface OptionalParser<T> {
  readonly optional: Parser<T>;
}

type Shape = Readonly<Record<string, Parser<unknown> | OptionalParser<unknown>>>;
type Parsed<P> = P extends Parser<infer T> ? T : P extends OptionalParser<infer T> ? T : never;
type OptionalNames<S> = { [K in keyof S]: S[K] extends OptionalParser<unknown> ? K : never }[keyof S];
export type ObjectOf<S> = { readonly [K in Exclude<keyof S, OptionalNames<S>>]: Parsed<S[K]> } & {
  readonly [K in OptionalNames<S>]?: Parsed<S[K]>;
};

function fail(path: string, wanted: string): never {
  throw new ChatError("badArgument", `${path} must be ${wanted}.`);
}

export const string: Parser<string> = (value, path) =>
  typeof value === "string" ? value : fail(path, "a text");

export const boolean: Parser<boolean> = (value, path) =>
  typeof value === "boolean" ? value : fail(path, "true or false");

/** A whole number from 0. */
export const whole: Parser<number> = (value, path) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : fail(path, "a whole number from 0");

export function nullable<T>(parser: Parser<T>): Parser<T | null> {
  return (value, path) => (value === null ? null : parser(value, path));
}

export function oneOf<const T extends string>(...values: readonly T[]): Parser<T> {
  return (value, path) =>
    values.find((known) => known === value) ?? fail(path, `one of ${values.join(", ")}`);
}

export function array<T>(item: Parser<T>): Parser<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((one: unknown, index) => item(one, `${path}[${index}]`))
      : fail(path, "a list");
}

export function optional<T>(parser: Parser<T>): OptionalParser<T> {
  return { optional: parser };
}

/** An object with these properties and no others: a misspelt one is told, not ignored. */
export function object<const S extends Shape>(shape: S): Parser<ObjectOf<S>> {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(path, "an object");
    const entries = new Map<string, unknown>(Object.entries(value));
    const result: Record<string, unknown> = {};
    for (const [name, field] of Object.entries<Parser<unknown> | OptionalParser<unknown>>(shape)) {
      const given = entries.get(name);
      entries.delete(name);
      if (typeof field === "function") result[name] = field(given, join(path, name));
      else if (given !== undefined) result[name] = field.optional(given, join(path, name));
    }
    const unknown = entries.keys().next();
    if (unknown.done !== true)
      throw new ChatError("badArgument", `${join(path, unknown.value)} is no known property.`);
    // The loop has put every property of the shape there, each through its own parser.
    return result as ObjectOf<S>;
  };
}

function join(path: string, name: string): string {
  return path === "params" ? name : `${path}.${name}`;
}
