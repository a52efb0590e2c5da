import type { BoxCipher } from "../primitives.ts";
import type { SodiumModule } from "./module.ts";

const tagLength = 16;

/** XSalsa20-Poly1305 of libsodium. The message is written where its box will be, and encrypted in place. */
export function sodiumBoxCipher(sodium: SodiumModule): BoxCipher {
  return {
    seal(key, nonce, length, fill) {
      const box = new Uint8Array(tagLength + length);
      const message = box.subarray(tagLength);
      fill(message);
      sodium.crypto_secretbox_easy(box, message, nonce, key);
      return box;
    },
    open(key, nonce, boxed, part, inPlace) {
      const message = inPlace ? boxed.subarray(tagLength) : new Uint8Array(boxed.length - tagLength);
      return sodium.crypto_secretbox_open_easy(message, boxed, nonce, key) ? part(message) : undefined;
    },
  };
}
