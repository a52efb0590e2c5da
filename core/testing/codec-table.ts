import fc from "fast-check";
import { expect, test } from "vitest";
import { type Codec, decode, encode, hexDecode, hexEncode } from "../bytes/index.ts";

/** The three tables that a codec is tested with. */
export interface CodecTables<T> {
  /** Values and their encodings, in hexadecimal digits. */
  readonly correct: readonly (readonly [T, string])[];
  /** Values that can't be encoded. */
  readonly badValues?: readonly T[];
  /** Bytes that encode no value, in hexadecimal digits. */
  readonly badBytes: readonly string[];
  /** Any values, each of which has to come back as it was. */
  readonly any?: fc.Arbitrary<T>;
}

/** Tests that a codec writes and reads what its tables say, and nothing else. */
export function testCodec<T>(name: string, codec: Codec<T>, tables: CodecTables<T>): void {
  test(`${name} writes and reads its values`, () => {
    for (const [value, hex] of tables.correct) {
      expect(hexEncode(encode(codec, value))).toBe(hex);
      expect(decode(codec, hexDecode(hex))).toEqual(value);
    }
  });
  test(`${name} refuses values that it can't hold`, () => {
    for (const value of tables.badValues ?? []) expect(() => encode(codec, value)).toThrow(RangeError);
  });
  test(`${name} refuses bytes that are no value`, () => {
    for (const hex of tables.badBytes) {
      expect(() => decode(codec, hexDecode(hex)), hex).toThrow(
        expect.objectContaining({ name: "DecodeError" }),
      );
    }
  });
  const { any } = tables;
  if (any === undefined) return;
  test(`${name} reads back whatever it writes`, () => {
    fc.assert(
      fc.property(any, (value) => {
        expect(decode(codec, encode(codec, value))).toEqual(value);
      }),
    );
  });
}
