import { DecodeError, EncodeError } from "./errors.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** One wire type in both directions: what `encode` writes, `decode` reads back. */
export interface Codec<T> {
  /** @throws EncodeError when the value is out of the range of its encoding */
  encode(writer: Writer, value: T): void;
  /** @throws DecodeError when the input is not such a value */
  decode(reader: Reader): T;
}

/** The type of the values of a codec. */
export type CodecValue<C> = C extends Codec<infer T> ? T : never;

/** The encoding of `value`, in a buffer of its own. @throws EncodeError as the codec says */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new Writer();
  codec.encode(writer, value);
  return writer.written();
}

/**
 * The value that `bytes`, all of them, encode. Byte strings in it are views of `bytes`.
 * @throws DecodeError when they don't encode one, or bytes are left over
 */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new Reader(bytes);
  const value = codec.decode(reader);
  reader.end();
  return value;
}

/** A codec of another type of value: `to` is applied after decoding, `from` before encoding. */
export function mapped<A, B>(codec: Codec<A>, to: (value: A) => B, from: (value: B) => A): Codec<B> {
  return {
    encode: (writer, value) => codec.encode(writer, from(value)),
    decode(reader) {
      const { offset } = reader;
      const value = codec.decode(reader);
      try {
        return to(value);
      } catch (error) {
        throw error instanceof DecodeError ? new DecodeError(error.reason, offset, error.path) : error;
      }
    },
  };
}

/**
 * A codec that accepts only some values, both ways.
 * @param problem says what is wrong with a value, or returns undefined
 */
export function refined<T>(codec: Codec<T>, problem: (value: T) => string | undefined): Codec<T> {
  return {
    encode(writer, value) {
      const reason = problem(value);
      if (reason !== undefined) throw new EncodeError("value", reason);
      codec.encode(writer, value);
    },
    decode(reader) {
      const { offset } = reader;
      const value = codec.decode(reader);
      const reason = problem(value);
      if (reason !== undefined) throw new DecodeError(reason, offset);
      return value;
    },
  };
}

/** A codec that is looked up at each use: for types that contain themselves. */
export function deferred<T>(get: () => Codec<T>): Codec<T> {
  return { encode: (writer, value) => get().encode(writer, value), decode: (reader) => get().decode(reader) };
}
