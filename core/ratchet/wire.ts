import { type Codec, EncodeError, largeBytes, mapped, shortBytes } from "../bytes/index.ts";
import { decodePublicKey, encodePublicKey } from "../crypto/keys.ts";
import { pqRatchetVersion } from "./versions.ts";

/** A raw X448 public key (56 bytes), on the wire as a short byte string of its DER form. */
export const x448PublicKey: Codec<Uint8Array> = mapped(
  shortBytes,
  (der) => decodePublicKey(der, "X448").key,
  (key) => encodePublicKey({ algorithm: "X448", key }),
);

/** A large byte string of exactly `length` bytes. */
export function largeBytesOf(length: number): Codec<Uint8Array> {
  return {
    encode(writer, value) {
      if (value.length !== length) throw new EncodeError("bytes", `${value.length} bytes are not ${length}`);
      largeBytes.encode(writer, value);
    },
    decode(reader) {
      const bytes = largeBytes.decode(reader);
      return bytes.length === length ? bytes : reader.fail(`${bytes.length} bytes are not ${length}`);
    },
  };
}

/** What follows has at least this many bytes, so that a smaller first byte begins a 2-byte length. */
const shortLengthMin = 32;

/**
 * A byte string of 32 to 8191 bytes, with a 2-byte length from version 3 on and 1 byte before. A reader tells
 * by the first byte, so that one message can change the version.
 */
export function versionedBytes(version: number): Codec<Uint8Array> {
  return {
    encode(writer, value) {
      (version >= pqRatchetVersion ? largeBytes : shortBytes).encode(writer, value);
    },
    decode(reader) {
      const first = reader.peek();
      return (first !== undefined && first < shortLengthMin ? largeBytes : shortBytes).decode(reader);
    },
  };
}
