import { concat, encode, word32 } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import type { Random } from "../../crypto/random.ts";

/** Random bytes that are the same for the same seed: SHA-256 hashes of the seed and a counter. */
export function seededRandom(seed: number): Random {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = sha256(concat(encode(word32, seed), encode(word32, counter++)));
      bytes.set(block.subarray(0, length - at), at);
    }
    return bytes;
  };
}
