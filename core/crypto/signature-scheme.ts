import type { KeyPair } from "./diffie-hellman.ts";
import { requireLength } from "./errors.ts";
import type { Signing } from "./primitives.ts";
import type { Random } from "./random.ts";

/** Edwards curve signatures (RFC 8032) with raw keys; public and private keys have the same length. */
export interface SignatureScheme {
  /** Length of keys in bytes; the private key is the seed. */
  readonly keyLength: number;
  /** Length of signatures in bytes. */
  readonly signatureLength: number;
  generateKeyPair(random: Random): KeyPair;
  /** @throws CryptoError for a key of another length */
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** @throws CryptoError for a key of another length */
  sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * False for a signature that does not fit, whatever its length, and for a public key that is no point.
   * @throws CryptoError for a public key of another length
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /**
   * `verify` for one public key and many signatures: making the key ready takes a quarter of the time.
   * @throws CryptoError for a public key of another length
   */
  prepareVerify(publicKey: Uint8Array): (message: Uint8Array, signature: Uint8Array) => boolean;
}

/** The scheme `name` with checks of lengths over one implementation. */
export function signatureScheme(
  name: string,
  keyLength: number,
  signatureLength: number,
  implementation: Signing,
): SignatureScheme {
  function publicKey(privateKey: Uint8Array): Uint8Array {
    requireLength(`derive ${name} public key`, "private key", privateKey, keyLength);
    return implementation.publicKey(privateKey);
  }
  function prepareVerify(verifyKey: Uint8Array): (message: Uint8Array, signature: Uint8Array) => boolean {
    requireLength(`verify with ${name}`, "public key", verifyKey, keyLength);
    const prepared =
      attempt(() => implementation.prepareVerify?.(verifyKey)) ??
      ((message: Uint8Array, signature: Uint8Array) => implementation.verify(verifyKey, message, signature));
    return (message, signature) =>
      signature.length === signatureLength && (attempt(() => prepared(message, signature)) ?? false);
  }
  return {
    keyLength,
    signatureLength,
    generateKeyPair(random) {
      const privateKey = random(keyLength);
      return { publicKey: publicKey(privateKey), privateKey };
    },
    publicKey,
    sign(privateKey, message) {
      requireLength(`sign with ${name}`, "private key", privateKey, keyLength);
      return implementation.sign(privateKey, message);
    },
    verify: (verifyKey, message, signature) => prepareVerify(verifyKey)(message, signature),
    prepareVerify,
  };
}

/** What `run` gives; undefined when it throws, as some implementations do for a key that is no point. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
