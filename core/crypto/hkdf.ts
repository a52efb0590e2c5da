import { CryptoError } from "./errors.ts";
import type { Hkdf } from "./primitives.ts";
import { primitives } from "./provider.ts";

/** 255 hashes of 64 bytes: the most HKDF-SHA512 can give. */
const outputLengthMax = 255 * 64;
/** The longest info that every implementation takes, in bytes. */
const infoLengthMax = 1024;

/** HKDF-SHA512 with checked length over one implementation. */
export function hkdfSha512With(implementation: Hkdf): Hkdf {
  return (salt, ikm, info, length) => {
    if (!Number.isInteger(length) || length < 1 || length > outputLengthMax) {
      throw new CryptoError(`cannot derive keys: length is ${length}, not 1 to ${outputLengthMax}`);
    }
    if (info.length > infoLengthMax) {
      throw new CryptoError(`cannot derive keys: info is ${info.length} bytes, more than ${infoLengthMax}`);
    }
    return implementation(salt, ikm, info, length);
  };
}

/**
 * HKDF with SHA-512 (RFC 5869), the only key derivation of the protocols.
 * An empty salt is the same as 64 zero bytes. Gives `length` bytes, 1 to 16,320;
 * `info` has at most 1,024.
 * @throws CryptoError for lengths out of range
 */
export const hkdfSha512: Hkdf = hkdfSha512With(primitives.hkdfSha512);
