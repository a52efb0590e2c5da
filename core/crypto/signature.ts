import { DecodeError } from "../bytes/index.ts";
import { ed448 } from "./ed448.ts";
import { ed25519 } from "./ed25519.ts";
import type { PrivateKey, PublicKey, SigningAlgorithm } from "./keys.ts";

const schemes = { Ed25519: ed25519, Ed448: ed448 } as const;

/** Signs with a key of either algorithm. @throws CryptoError for a key of a wrong length */
export function sign({ algorithm, key }: PrivateKey<SigningAlgorithm>, message: Uint8Array): Uint8Array {
  return schemes[algorithm].sign(key, message);
}

/** Verifies with a key of either algorithm. @throws CryptoError for a key of a wrong length */
export function verify(
  { algorithm, key }: PublicKey<SigningAlgorithm>,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return schemes[algorithm].verify(key, message, signature);
}

/**
 * The algorithm of a signature, told by its length: 64 bytes are Ed25519, 114 are Ed448.
 * @throws DecodeError for another length
 */
export function signatureAlgorithm(signature: Uint8Array): SigningAlgorithm {
  if (signature.length === ed25519.signatureLength) return "Ed25519";
  if (signature.length === ed448.signatureLength) return "Ed448";
  throw new DecodeError(`signature is ${signature.length} bytes, not 64 or 114`);
}
