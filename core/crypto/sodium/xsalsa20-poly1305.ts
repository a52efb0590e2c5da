import type { BoxCipher } from "../primitives.ts";
import type { SodiumModule } from "./module.ts";

const keyLength = 32;
const nonceLength = 24;
const tagLength = 16;

/** Boxes up to this many bytes, such as transport blocks (16,384), use memory that is kept. */
const keptLength = 65_536;

/**
 * XSalsa20-Poly1305 in libsodium's memory: the plaintext is written there once (padding and all),
 * encrypted in place, and copied out once. Key and plaintext are wiped from that memory afterwards.
 */
export function sodiumBoxCipher(sodium: SodiumModule): BoxCipher {
  const keyAt = allocate(keyLength + nonceLength);
  const nonceAt = keyAt + keyLength;
  const keptAt = allocate(keptLength);

  function allocate(length: number): number {
    const address = sodium._malloc(length);
    if (address === 0)
      throw new RangeError(`cannot allocate: ${length} bytes are more than libsodium has left`);
    return address;
  }

  /** Runs `use` with the address of a box of `length` bytes and the key set; wipes both after it. */
  function withBox<T>(key: Uint8Array, nonce: Uint8Array, length: number, use: (at: number) => T): T {
    const at = length <= keptLength ? keptAt : allocate(length);
    sodium.HEAPU8.set(key, keyAt);
    sodium.HEAPU8.set(nonce, nonceAt);
    try {
      return use(at);
    } finally {
      sodium.HEAPU8.fill(0, keyAt, keyAt + keyLength);
      sodium.HEAPU8.fill(0, at, at + length);
      if (at !== keptAt) sodium._free(at);
    }
  }

  return {
    seal: (key, nonce, length, fill) =>
      withBox(key, nonce, tagLength + length, (at) => {
        const messageAt = at + tagLength;
        fill(sodium.HEAPU8.subarray(messageAt, messageAt + length));
        sodium._crypto_secretbox_easy(at, messageAt, length, 0, nonceAt, keyAt);
        return sodium.HEAPU8.slice(at, messageAt + length);
      }),
    open: (key, nonce, boxed, part) =>
      withBox(key, nonce, boxed.length, (at) => {
        const messageAt = at + tagLength;
        sodium.HEAPU8.set(boxed, at);
        const result = sodium._crypto_secretbox_open_easy(messageAt, at, boxed.length, 0, nonceAt, keyAt);
        return result === 0 ? part(sodium.HEAPU8.subarray(messageAt, at + boxed.length)).slice() : undefined;
      }),
  };
}
