import { type Codec, mapped } from "./codec.ts";
import { EncodeError } from "./errors.ts";
import { utf8Decode, utf8Encode } from "./text.ts";

const word8Max = 0xff;
const word16Max = 0xffff;
const word32Max = 0xffff_ffff;
const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

function checkRange(what: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new EncodeError(what, `${value} is not an integer from 0 to ${max}`);
  }
}

/** One byte as a number, 0 to 255. */
export const word8: Codec<number> = {
  encode(writer, value) {
    checkRange("word8", value, word8Max);
    writer.byte(value);
  },
  decode: (reader) => reader.byte(),
};

/** 2 bytes, big-endian, 0 to 65,535. */
export const word16: Codec<number> = {
  encode(writer, value) {
    checkRange("word16", value, word16Max);
    writer.word16(value);
  },
  decode: (reader) => reader.word16(),
};

/** 4 bytes, big-endian, 0 to 2^32 - 1. */
export const word32: Codec<number> = {
  encode(writer, value) {
    checkRange("word32", value, word32Max);
    writer.word32(value);
  },
  decode: (reader) => reader.word32(),
};

/** 8 bytes, big-endian two's complement, -2^63 to 2^63 - 1. */
export const int64: Codec<bigint> = {
  encode(writer, value) {
    if (value < int64Min || value > int64Max) throw new EncodeError("int64", "value needs more than 64 bits");
    writer.int64(value);
  },
  decode: (reader) => reader.int64(),
};

/** One byte as a character, U+0000 to U+00FF. */
export const char: Codec<string> = {
  encode(writer, value) {
    const code = value.charCodeAt(0);
    if (value.length !== 1 || code > word8Max) throw new EncodeError("char", "value is not one byte");
    writer.byte(code);
  },
  decode: (reader) => String.fromCharCode(reader.byte()),
};

const charT = 0x54;
const charF = 0x46;

/** `T` or `F`. */
export const bool: Codec<boolean> = {
  encode: (writer, value) => writer.byte(value ? charT : charF),
  decode(reader) {
    const byte = reader.byte();
    return byte === charT || (byte !== charF && reader.fail("bool is neither T nor F"));
  },
};

/** Bytes with their length in 1 byte in front: 0 to 255 bytes. Decodes to a view. */
export const shortBytes: Codec<Uint8Array> = {
  encode(writer, value) {
    checkRange("length of byte string", value.length, word8Max);
    writer.byte(value.length);
    writer.bytes(value);
  },
  decode: (reader) => reader.take(reader.byte()),
};

/** Bytes with their length in 2 bytes in front: 0 to 65,535 bytes. Decodes to a view. */
export const largeBytes: Codec<Uint8Array> = {
  encode(writer, value) {
    checkRange("length of large byte string", value.length, word16Max);
    writer.word16(value.length);
    writer.bytes(value);
  },
  decode: (reader) => reader.take(reader.word16()),
};

/** Exactly `length` bytes without a prefix. Decodes to a view. */
export function fixedBytes(length: number): Codec<Uint8Array> {
  return {
    encode(writer, value) {
      if (value.length !== length) throw new EncodeError("bytes", `${value.length} bytes are not ${length}`);
      writer.bytes(value);
    },
    decode: (reader) => reader.take(length),
  };
}

/** A short byte string of exactly `length` bytes. Decodes to a view. */
export function shortBytesOf(length: number): Codec<Uint8Array> {
  return {
    encode(writer, value) {
      if (value.length !== length) throw new EncodeError("bytes", `${value.length} bytes are not ${length}`);
      shortBytes.encode(writer, value);
    },
    decode(reader) {
      const bytes = shortBytes.decode(reader);
      return bytes.length === length ? bytes : reader.fail(`${bytes.length} bytes are not ${length}`);
    },
  };
}

/** All the bytes that are left; has to come last. Decodes to a view. */
export const tail: Codec<Uint8Array> = {
  encode: (writer, value) => writer.bytes(value),
  decode: (reader) => reader.rest(),
};

/** UTF-8 text as a short byte string: at most 255 bytes. */
export const shortText: Codec<string> = mapped(shortBytes, utf8Decode, utf8Encode);

/** UTF-8 text as a large byte string: at most 65,535 bytes. */
export const largeText: Codec<string> = mapped(largeBytes, utf8Decode, utf8Encode);

/** A time in whole seconds since the Unix epoch, as int64; held as a number, so within 2^53. */
export const seconds: Codec<number> = {
  encode(writer, value) {
    if (!Number.isSafeInteger(value)) throw new EncodeError("time", "value is not a whole number of seconds");
    writer.int64(BigInt(value));
  },
  decode(reader) {
    const value = Number(reader.int64());
    return Number.isSafeInteger(value) ? value : reader.fail("time is beyond 2^53 seconds");
  },
};

/** A fixed text that is always there, such as a tag; holds no value. */
export function literal(text: string): Codec<undefined> {
  const bytes = utf8Encode(text);
  return {
    encode: (writer) => writer.bytes(bytes),
    decode(reader) {
      for (const byte of bytes) if (reader.byte() !== byte) reader.fail(`"${text}" is due`);
      return undefined;
    },
  };
}
