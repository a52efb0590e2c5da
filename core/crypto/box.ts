import { CryptoError, requireLength } from "./errors.ts";
import { hsalsa20 } from "./hsalsa20.ts";
import { padInto, requireFit, unpad } from "./pad.ts";
import type { BoxCipher } from "./primitives.ts";
import { primitives } from "./provider.ts";
import { wipe } from "./wipe.ts";

/** Length of a key, or of the raw X25519 secret that serves as one, in bytes. */
export const boxKeyLength = 32;
/** Length of a nonce in bytes. */
export const boxNonceLength = 24;
/** Length of the tag in front of the ciphertext, in bytes. */
export const boxTagLength = 16;

/**
 * Authenticated encryption with a 32-byte key and a 24-byte nonce; the 16-byte tag comes first.
 *
 * It is NaCl's crypto_box after the Diffie-Hellman step, both where the protocols say crypto_box (the key
 * is then the raw X25519 secret) and where they say secret_box: the key goes through HSalsa20 with a zero
 * input first, then XSalsa20-Poly1305. A nonce must never be used twice with the same key.
 */
export interface SecretBox {
  /**
   * Pads `message` to `paddedLength` bytes and encrypts it: 16 + `paddedLength` bytes.
   * @throws CryptoError for a wrong length of key or nonce, or a message longer than `paddedLength - 2`
   */
  seal(key: Uint8Array, nonce: Uint8Array, message: Uint8Array, paddedLength: number): Uint8Array;
  /**
   * Decrypts and removes the padding.
   * @throws CryptoError for a wrong length of key or nonce, a box that does not fit them, or bad padding
   */
  open(key: Uint8Array, nonce: Uint8Array, boxed: Uint8Array): Uint8Array;
  /** As `open`, where the message may take the memory of the box: nobody else may have it. */
  openInPlace(key: Uint8Array, nonce: Uint8Array, boxed: Uint8Array): Uint8Array;
  /** Encrypts without padding: 16 + the length of `message`. @throws CryptoError as `seal` */
  sealNoPad(key: Uint8Array, nonce: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * Encrypts `length` bytes which `fill` writes into the memory of the cipher, so that what lies in several
   * places is not put together first. `fill` must write all of them. @throws CryptoError as `seal`
   */
  sealFilled(
    key: Uint8Array,
    nonce: Uint8Array,
    length: number,
    fill: (plaintext: Uint8Array) => void,
  ): Uint8Array;
  /** Decrypts what `sealNoPad` made. @throws CryptoError as `open` */
  openNoPad(key: Uint8Array, nonce: Uint8Array, boxed: Uint8Array): Uint8Array;
}

/** The box over one implementation of XSalsa20-Poly1305. */
export function secretboxWith(cipher: BoxCipher): SecretBox {
  function seal(
    key: Uint8Array,
    nonce: Uint8Array,
    length: number,
    fill: (plaintext: Uint8Array) => void,
  ): Uint8Array {
    requireLength("seal box", "key", key, boxKeyLength);
    requireLength("seal box", "nonce", nonce, boxNonceLength);
    const derived = deriveBoxKey(key);
    try {
      return cipher.seal(derived, nonce, length, fill);
    } finally {
      wipe(derived);
    }
  }
  function open(
    key: Uint8Array,
    nonce: Uint8Array,
    boxed: Uint8Array,
    part: (plaintext: Uint8Array) => Uint8Array,
    inPlace = false,
  ): Uint8Array {
    requireLength("open box", "key", key, boxKeyLength);
    requireLength("open box", "nonce", nonce, boxNonceLength);
    if (boxed.length < boxTagLength) {
      throw new CryptoError(`cannot open box: box is ${boxed.length} bytes, shorter than its tag`);
    }
    const derived = deriveBoxKey(key);
    try {
      const plaintext = cipher.open(derived, nonce, boxed, part, inPlace);
      if (plaintext === undefined) throw new CryptoError("cannot open box: tag is not of this key and nonce");
      return plaintext;
    } finally {
      wipe(derived);
    }
  }
  return {
    seal(key, nonce, message, paddedLength) {
      requireFit(message, paddedLength);
      return seal(key, nonce, paddedLength, (plaintext) => padInto(plaintext, message));
    },
    open: (key, nonce, boxed) => open(key, nonce, boxed, unpad),
    openInPlace: (key, nonce, boxed) => open(key, nonce, boxed, unpad, true),
    sealNoPad: (key, nonce, message) =>
      seal(key, nonce, message.length, (plaintext) => plaintext.set(message)),
    sealFilled: seal,
    openNoPad: (key, nonce, boxed) => open(key, nonce, boxed, (plaintext) => plaintext),
  };
}

export const secretbox: SecretBox = secretboxWith(primitives.xsalsa20Poly1305);

const zeroInput = new Uint8Array(16);

/** What NaCl does after a Diffie-Hellman agreement, and the protocols with every key. */
function deriveBoxKey(key: Uint8Array): Uint8Array {
  return hsalsa20(key, zeroInput);
}
