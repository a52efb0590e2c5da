import { describe, expect, test } from "vitest";
import { DecodeError } from "../../bytes/index.ts";
import {
  anyObject,
  array,
  boolean,
  bytes,
  integer,
  type Json,
  type JsonCodec,
  object,
  oneOf,
  optional,
  parseJson,
  record,
  string,
  time,
} from "./json.ts";

function rejects(codec: JsonCodec<unknown>, values: readonly Json[]): void {
  for (const value of values) expect(() => codec.decode(value), JSON.stringify(value)).toThrow(DecodeError);
}

describe("each kind of JSON value", () => {
  test("is read back as it was written", () => {
    const person = object({ name: string, age: integer, tags: array(string), nick: optional(string) });
    const value = { name: "Ada", age: 36, tags: ["a"] };
    expect(person.encode(person.decode(value))).toEqual(value);
    expect(person.decode({ ...value, nick: "A" }).nick).toBe("A");
    expect(bytes.encode(bytes.decode("AAEC"))).toBe("AAEC");
    expect(record(integer).decode({ a: 1 })).toEqual(new Map([["a", 1]]));
    expect(time.decode("2024-01-02T03:04:05.123Z")).toBe("2024-01-02T03:04:05.123Z");
  });

  test("is refused when it is another kind", () => {
    rejects(string, [1, null, true, [], {}]);
    rejects(boolean, [0, "true", null]);
    rejects(integer, [1.5, 2 ** 53, "1", null]);
    rejects(bytes, ["a", "Zg=", "Zh", 1]);
    rejects(time, ["2024-01-02", "2024-13-02T03:04:05Z", "2024-01-02T03:04:05+01:00", 1]);
    rejects(oneOf("a", "b"), ["c", 1]);
    rejects(array(string), ["a", {}, [1]]);
    rejects(anyObject, [[], "a", null, 1]);
    rejects(record(string), [{ a: 1 }, []]);
  });
});

describe("object", () => {
  const codec = object({ outer: object({ inner: integer }), maybe: optional(string) });

  test("names the property that is wrong or missing", () => {
    expect(() => codec.decode({ outer: { inner: "x" } })).toThrow(/outer\.inner/);
    expect(() => codec.decode({ outer: {} })).toThrow(/outer\.inner.*missing/);
  });

  test("takes null for absent, and leaves out what is not there", () => {
    const value = codec.decode({ outer: { inner: 1 }, maybe: null, later: 2 });
    expect(value).toEqual({ outer: { inner: 1 } });
    expect(codec.encode(value)).toEqual({ outer: { inner: 1 } });
  });

  test("does not take what every object inherits for a property", () => {
    rejects(object({ toString: string }), [{}]);
  });
});

test("text that is not JSON is a DecodeError", () => {
  expect(() => parseJson("{")).toThrow(DecodeError);
});
