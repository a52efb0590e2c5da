import type { Codec } from "./codec.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import type { Reader } from "./reader.ts";

const char0 = 0x30;
const char1 = 0x31;
const listLengthMax = 0xff;

/** `0`, or `1` and the value; absence is `undefined`. */
export function maybe<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    encode(writer, value) {
      writer.byte(value === undefined ? char0 : char1);
      if (value !== undefined) codec.encode(writer, value);
    },
    decode(reader) {
      const byte = reader.byte();
      if (byte === char0) return undefined;
      if (byte !== char1) reader.fail("maybe is neither 0 nor 1");
      return codec.decode(reader);
    },
  };
}

/** The number of items in 1 byte, then the items: 0 to 255 of them. */
export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return listOf(item, 0);
}

/** As `list`, with at least one item. */
export function nonEmptyList<T>(item: Codec<T>): Codec<readonly T[]> {
  return listOf(item, 1);
}

function listOf<T>(item: Codec<T>, lengthMin: number): Codec<readonly T[]> {
  return {
    encode(writer, values) {
      if (values.length < lengthMin || values.length > listLengthMax) {
        throw new EncodeError("list", `${values.length} items are not ${lengthMin} to ${listLengthMax}`);
      }
      writer.byte(values.length);
      for (const value of values) item.encode(writer, value);
    },
    decode(reader) {
      const length = reader.byte();
      if (length < lengthMin) reader.fail("list is empty");
      const values: T[] = [];
      for (let i = 0; i < length; i++) values.push(decodeField(item, reader, `[${i}]`));
      return values;
    },
  };
}

/** Items one after another until the input ends; has to come last. */
export function many<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    encode(writer, values) {
      for (const value of values) item.encode(writer, value);
    },
    decode(reader) {
      const values: T[] = [];
      while (reader.remaining > 0) values.push(decodeField(item, reader, `[${values.length}]`));
      return values;
    },
  };
}

/** The codecs for each element of a tuple type. */
export type TupleCodecs<T extends readonly unknown[]> = { readonly [I in keyof T]: Codec<T[I]> };

/** Values of different types one after another, as an array. */
export function tuple<T extends readonly unknown[]>(...items: TupleCodecs<T>): Codec<T> {
  const codecs = items as readonly Codec<unknown>[];
  return {
    encode(writer, values) {
      if (values.length !== codecs.length)
        throw new EncodeError("tuple", `${values.length} items are not ${codecs.length}`);
      codecs.forEach((codec, i) => {
        codec.encode(writer, values[i]);
      });
    },
    decode: (reader) => codecs.map((codec, i) => decodeField(codec, reader, `[${i}]`)) as unknown as T,
  };
}

/** The codecs for each field of an object type. */
export type StructCodecs<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** Fields one after another, in the order in which they are listed. */
export function struct<T extends object>(fields: StructCodecs<T>): Codec<T> {
  const entries = Object.entries(fields) as [keyof T & string, Codec<unknown>][];
  return {
    encode(writer, value) {
      for (const [name, codec] of entries) codec.encode(writer, value[name]);
    },
    decode(reader) {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = decodeField(codec, reader, name);
      return value as T;
    },
  };
}

/** Decodes a part, putting its name into the path of an error. */
export function decodeField<T>(codec: Codec<T>, reader: Reader, name: string): T {
  try {
    return codec.decode(reader);
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}
