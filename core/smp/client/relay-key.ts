import { DecodeError } from "../../bytes/index.ts";
import { verifySignedPublicKey } from "../../crypto/certificate.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { PublicKey, SigningAlgorithm } from "../../crypto/keys.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { TransportError } from "../../transport/errors.ts";
import type { X25519PublicKey } from "../ids.ts";

/**
 * The session key of a relay, if the leaf of its verified chain vouches for it.
 * @param signed DER of an X.509-signed SubjectPublicKeyInfo
 * @returns 32 bytes, a copy
 * @throws TransportError `handshake`
 */
export function verifiedRelayKey(leafKey: PublicKey<SigningAlgorithm>, signed: Uint8Array): X25519PublicKey {
  try {
    const { algorithm, key } = verifySignedPublicKey(leafKey, signed);
    if (algorithm === "X25519") return key.slice();
  } catch (error) {
    if (!(error instanceof CryptoError || error instanceof DecodeError)) throw error;
  }
  throw new TransportError(
    "handshake",
    "cannot trust relay: its session key is not signed by its certificate",
  );
}

/**
 * The secret of a key of ours with the session key of a relay, which may have chosen a bad one.
 * @param privateKey 32 bytes
 * @returns 32 bytes
 * @throws TransportError `handshake` when the relay's key is of low order
 */
export function agreeWithRelay(privateKey: Uint8Array, relayKey: X25519PublicKey): Uint8Array {
  try {
    return x25519.sharedSecret(privateKey, relayKey);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new TransportError("handshake", "cannot trust relay: its session key is of low order");
  }
}
