import { CryptoError, requireLength } from "./errors.ts";
import { pad, unpad } from "./pad.ts";
import type { Aead, Sealed } from "./primitives.ts";
import { primitives } from "./provider.ts";

export type { Sealed } from "./primitives.ts";

/** Length of an AES-256 key in bytes. */
export const aesKeyLength = 32;
/** Length of the tag in bytes. */
export const aesTagLength = 16;
/** Length of the IV of the double ratchet in bytes; GHASH turns it into a counter. */
export const ratchetIvLength = 16;
/** Length of the IV that GCM takes as it is, in bytes. */
export const plainIvLength = 12;

/** AES-256-GCM with an IV of 16 or 12 bytes, and a tag of 16 bytes kept apart from the ciphertext. */
export interface AesGcm {
  /** @param ad associated data, authenticated only @throws CryptoError for wrong lengths */
  seal(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Sealed;
  /** @throws CryptoError for wrong lengths, or a tag that does not fit */
  open(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, sealed: Sealed): Uint8Array;
  /** `seal` of the message padded to `paddedLength` bytes. @throws CryptoError also when it does not fit */
  sealPadded(
    key: Uint8Array,
    iv: Uint8Array,
    ad: Uint8Array,
    message: Uint8Array,
    paddedLength: number,
  ): Sealed;
  /** The message in what `sealPadded` made. @throws CryptoError as `open`, or for bad padding */
  openPadded(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, sealed: Sealed): Uint8Array;
}

/** AES-256-GCM with checks over one implementation. */
export function aesGcmWith(aead: Aead): AesGcm {
  function requireLengths(action: string, key: Uint8Array, iv: Uint8Array): void {
    requireLength(action, "key", key, aesKeyLength);
    if (iv.length !== ratchetIvLength) requireLength(action, "IV", iv, plainIvLength);
  }
  function seal(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Sealed {
    requireLengths("encrypt with AES-GCM", key, iv);
    return aead.seal(key, iv, ad, plaintext);
  }
  function open(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, sealed: Sealed): Uint8Array {
    const action = "decrypt with AES-GCM";
    requireLengths(action, key, iv);
    requireLength(action, "tag", sealed.tag, aesTagLength);
    const plaintext = aead.open(key, iv, ad, sealed);
    if (plaintext === undefined) throw new CryptoError(`cannot ${action}: tag is not of this input`);
    return plaintext;
  }
  return {
    seal,
    open,
    sealPadded: (key, iv, ad, message, paddedLength) => seal(key, iv, ad, pad(message, paddedLength)),
    openPadded: (key, iv, ad, sealed) => unpad(open(key, iv, ad, sealed)),
  };
}

export const aesGcm: AesGcm = aesGcmWith(primitives.aes256Gcm);
