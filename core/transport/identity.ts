import { DecodeError, equalBytes } from "../bytes/index.ts";
import { certificateFingerprint } from "../crypto/certificate.ts";
import {
  parseCertificateChain,
  type VerifiedChain,
  verifyCertificateChain,
} from "../crypto/certificate-chain.ts";
import { CryptoError } from "../crypto/errors.ts";
import { TransportError } from "./errors.ts";

/**
 * Checks the certificate chain of a relay against the fingerprint in its address.
 * Specification: "Server certificate".
 * @param chain DER certificates, leaf first
 * @param keyHash SHA-256 of the identity certificate, the second of the chain: 32 bytes
 * @param nowMs milliseconds since the Unix epoch
 * @throws TransportError `identity` when the identity certificate is another one; `certificate` when the chain is
 *   malformed, expired, or wrongly signed
 */
export function checkIdentity(
  chain: readonly Uint8Array[],
  keyHash: Uint8Array,
  nowMs: number,
): VerifiedChain {
  try {
    const certificates = parseCertificateChain(chain);
    const [, identity] = certificates;
    if (identity !== undefined && !equalBytes(certificateFingerprint(identity), keyHash)) {
      throw new TransportError(
        "identity",
        "cannot trust relay: fingerprint of its identity certificate is another",
      );
    }
    return verifyCertificateChain(certificates, keyHash, nowMs);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof CryptoError) {
      const reason =
        error instanceof DecodeError ? `certificate chain is malformed (${error.message})` : error.message;
      throw new TransportError("certificate", `cannot trust relay: ${reason}`, { cause: error });
    }
    throw error;
  }
}
