import { DecodeError, equalBytes } from "../bytes/index.ts";
import { type Certificate, certificateFingerprint, isSignedBy, parseCertificate } from "./certificate.ts";
import { CryptoError } from "./errors.ts";
import type { PublicKey, SigningAlgorithm } from "./keys.ts";

/** The longest chain: leaf, identity, network, operator. */
export const chainLengthMax = 4;

/** The certificates of a chain that matter to the protocols. */
export interface ChainCertificates {
  /** The certificate of the TLS session. */
  readonly leaf: Certificate;
  /** The long-term certificate that an address pins: the second of the chain. */
  readonly identity: Certificate;
}

/** A chain that has been verified. */
export interface VerifiedChain extends ChainCertificates {
  /** The key of the leaf: it signs the session key. */
  readonly leafKey: PublicKey<SigningAlgorithm>;
}

/**
 * Reads a chain of DER certificates, the leaf first.
 * @throws DecodeError when one is malformed, or there are none or more than 4
 */
export function parseCertificateChain(chain: readonly Uint8Array[]): readonly Certificate[] {
  if (chain.length === 0 || chain.length > chainLengthMax) {
    throw new DecodeError(`chain has ${chain.length} certificates, not 1 to ${chainLengthMax}`);
  }
  return chain.map(parseCertificate);
}

/**
 * Leaf and identity of a chain of 2 (leaf, identity), 3 (and the operator's) or 4 certificates (network
 * and operator). @throws CryptoError for a chain of another length
 */
export function chainCertificates(chain: readonly Certificate[]): ChainCertificates {
  const [leaf, identity] = chain;
  if (leaf === undefined || identity === undefined || chain.length > chainLengthMax) {
    throw new CryptoError(
      `cannot verify chain: length is ${chain.length} certificates, not 2 to ${chainLengthMax}`,
    );
  }
  return { leaf, identity };
}

/**
 * Verifies the chain of a relay against the fingerprint in its address ("Server certificate" of the SMP
 * specification).
 *
 * Each certificate must be signed by the next, so the leaf by the pinned identity certificate itself: what
 * stands above that gives no trust. (To accept a leaf that the last certificate signs, which nothing
 * pins, would let everyone make a chain around a relay's public identity certificate.) All but the last,
 * the anchor, must be valid at `nowMs`; those between the leaf and the anchor must be authorities.
 *
 * @param fingerprint SHA-256 of the identity certificate, 32 bytes
 * @param nowMs milliseconds since the Unix epoch
 * @throws CryptoError saying what does not hold
 */
export function verifyCertificateChain(
  chain: readonly Certificate[],
  fingerprint: Uint8Array,
  nowMs: number,
): VerifiedChain {
  const { leaf, identity } = chainCertificates(chain);
  if (!equalBytes(certificateFingerprint(identity), fingerprint)) {
    throw new CryptoError("cannot verify chain: identity certificate is not the one of the address");
  }
  for (const [index, issuer] of chain.slice(1).entries()) {
    const certificate = chain[index] ?? leaf;
    requireIssued(certificate, issuer);
    requireUsable(certificate, nowMs);
    if (index > 0) requireAuthority(certificate, index - 1);
  }
  const { publicKey: leafKey } = leaf;
  if (leafKey === undefined) {
    throw new CryptoError("cannot verify chain: key of the leaf is neither Ed25519 nor Ed448");
  }
  return { leaf, identity, leafKey };
}

function requireIssued(certificate: Certificate, issuer: Certificate): void {
  if (!equalBytes(certificate.issuer, issuer.subject)) {
    throw new CryptoError("cannot verify chain: issuer is not the next certificate's subject");
  }
  if (!isSignedBy(certificate, issuer)) {
    throw new CryptoError("cannot verify chain: signature is not of the next certificate's key");
  }
}

function requireUsable(certificate: Certificate, nowMs: number): void {
  if (nowMs < certificate.notBeforeMs) {
    throw new CryptoError("cannot verify chain: certificate is not valid yet");
  }
  if (nowMs > certificate.notAfterMs) throw new CryptoError("cannot verify chain: certificate is expired");
  if (certificate.extensions.hasUnknownCritical) {
    throw new CryptoError("cannot verify chain: certificate has an unknown critical extension");
  }
}

/** @param intermediates how many certificates stand between this one and the leaf */
function requireAuthority({ extensions }: Certificate, intermediates: number): void {
  const { isAuthority, maySignCertificates, pathLengthMax = intermediates } = extensions;
  if (!isAuthority || !maySignCertificates || pathLengthMax < intermediates) {
    throw new CryptoError("cannot verify chain: certificate in the middle is no authority");
  }
}
