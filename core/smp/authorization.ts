import { concat } from "../bytes/index.ts";
import {
  authenticatorLength,
  commandAuthenticator,
  verifyCommandAuthenticator,
} from "../crypto/authenticator.ts";
import { ed25519 } from "../crypto/ed25519.ts";
import type { PrivateKey } from "../crypto/keys.ts";
import { nonceFromBytes } from "../crypto/nonce.ts";
import { sign, signatureAlgorithm, verify } from "../crypto/signature.ts";
import { x25519 } from "../crypto/x25519.ts";
import type { Command } from "./command.ts";
import type { CorrelationId } from "./ids.ts";
import type { AuthAlgorithm, AuthKey } from "./keys.ts";
import type { Authorization, CommandTransmission } from "./transmission.ts";

/** What proves that the sender of a command may give it. */
export interface Credentials {
  /** Signature or authenticator of the queue's key: 64, 114 or 80 bytes. */
  readonly authenticator: Uint8Array;
  /** Signature of a service's session key: 64 bytes. */
  readonly serviceSignature: Uint8Array | undefined;
}

/** Makes the credentials for what is authorised. */
export type Authorizer = (authorized: Uint8Array, correlationId: CorrelationId) => Credentials;

/** The service certificate of a client, in its session with a relay. */
export interface ServiceSession {
  /** SHA-256 of the identity certificate of the service: 32 bytes. */
  readonly certificateHash: Uint8Array;
  /** Raw Ed25519 key that the handshake told: 32 bytes. */
  readonly privateKey: Uint8Array;
}

/**
 * Authorises commands with a key: a signature, or for X25519 an authenticator ("Command authentication").
 * @param agree from an X25519 private key to the secret with the relay's session key
 * @param service signs too; then the key also covers the hash of the service certificate, so that no other
 * service can be put in its place
 * @throws CryptoError for keys of a wrong length
 */
export function authorizer(
  key: PrivateKey<AuthAlgorithm>,
  agree: (privateKey: Uint8Array) => Uint8Array,
  service?: ServiceSession,
): Authorizer {
  return (authorized, correlationId) => {
    const covered = service === undefined ? authorized : concat(service.certificateHash, authorized);
    return {
      authenticator:
        key.algorithm === "X25519"
          ? commandAuthenticator(agree(key.key), correlationId, covered)
          : sign({ algorithm: key.algorithm, key: key.key }, covered),
      serviceSignature: service && ed25519.sign(service.privateKey, authorized),
    };
  };
}

/** The secret of an X25519 queue key with the session key of a relay, for `authorizer`. */
export function agreeWith(relayKey: Uint8Array): (privateKey: Uint8Array) => Uint8Array {
  return (privateKey) => x25519.sharedSecret(privateKey, relayKey);
}

/** Whether a service signs a command besides the queue's key. */
export function takesServiceSignature(type: Command["type"]): boolean {
  return type === "NEW" || type === "SUB" || type === "NSUB";
}

/**
 * The authorization in its bytes, told by their length; none when there are no bytes.
 * @throws DecodeError for a length that no authorization has
 */
export function readAuthorization(bytes: Uint8Array): Authorization | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes.length === authenticatorLength) return { type: "authenticator", authenticator: bytes };
  return { type: "signature", algorithm: signatureAlgorithm(bytes), signature: bytes };
}

/** The bytes that a relay compares a command's authorization to. */
type Authorized = Pick<CommandTransmission, "authorization" | "authorized" | "correlationId">;

/**
 * Whether a command is authorised by `key`. An authorization of another kind than the key's is not.
 * @param agree from the X25519 queue key to its secret with our session key
 * @param serviceCertificateHash of the service that signed the command too: 32 bytes
 * @throws CryptoError for a queue key of a wrong length or of low order
 */
export function isAuthorized(
  key: AuthKey,
  { authorization, authorized, correlationId }: Authorized,
  agree: (publicKey: Uint8Array) => Uint8Array,
  serviceCertificateHash?: Uint8Array,
): boolean {
  if (authorization === undefined) return false;
  const covered =
    serviceCertificateHash === undefined ? authorized : concat(serviceCertificateHash, authorized);
  if (authorization.type === "authenticator") {
    if (key.algorithm !== "X25519") return false;
    return verifyCommandAuthenticator(
      agree(key.key),
      nonceFromBytes(correlationId),
      covered,
      authorization.authenticator,
    );
  }
  if (key.algorithm !== authorization.algorithm) return false;
  return verify({ algorithm: key.algorithm, key: key.key }, covered, authorization.signature);
}
