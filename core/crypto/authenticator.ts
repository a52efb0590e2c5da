import { secretbox } from "./box.ts";
import { constantTimeEqual } from "./equal.ts";
import { sha512 } from "./hash.ts";

/** Length of a command authenticator in bytes: a box around a SHA-512. */
export const authenticatorLength = 80;

/**
 * Authorises a command deniably ("Deniable client authentication scheme" of the SMP specification):
 * the box, without padding, of the SHA-512 of what is authorised. Either side could have made it.
 * @param dhSecret raw X25519 secret of queue key and session key, 32 bytes
 * @param nonce the correlation id, 24 bytes
 * @throws CryptoError for wrong lengths
 */
export function commandAuthenticator(
  dhSecret: Uint8Array,
  nonce: Uint8Array,
  authorized: Uint8Array,
): Uint8Array {
  return secretbox.sealNoPad(dhSecret, nonce, sha512(authorized));
}

/**
 * Whether `authenticator` is what `commandAuthenticator` gives, compared in constant time.
 * @throws CryptoError for wrong lengths of `dhSecret` or `nonce`
 */
export function verifyCommandAuthenticator(
  dhSecret: Uint8Array,
  nonce: Uint8Array,
  authorized: Uint8Array,
  authenticator: Uint8Array,
): boolean {
  if (authenticator.length !== authenticatorLength) return false;
  return constantTimeEqual(commandAuthenticator(dhSecret, nonce, authorized), authenticator);
}
