import { concat } from "../bytes/index.ts";
import { requireLength } from "./errors.ts";
import { sha3_256 } from "./hash.ts";

/**
 * Joins a Diffie-Hellman secret with a shared secret of the post-quantum KEM: SHA3-256 of both, 32 bytes.
 * The result is safe as long as either of them is.
 * @throws CryptoError unless both are 32 bytes
 */
export function hybridSecret(dhSecret: Uint8Array, kemSecret: Uint8Array): Uint8Array {
  requireLength("join secrets", "Diffie-Hellman secret", dhSecret, 32);
  requireLength("join secrets", "KEM secret", kemSecret, 32);
  return sha3_256(concat(dhSecret, kemSecret));
}
