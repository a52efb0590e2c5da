import { type Certificate, certificateFingerprint } from "./certificate.ts";
import { createIdentityCertificate, createLeafCertificate, type Validity } from "./certificate-create.ts";
import { type AlgorithmKeyPair, generateKeyPair, type PrivateKey, type SigningAlgorithm } from "./keys.ts";
import { type Random, systemRandom } from "./random.ts";

/** Test time: the certificates below are valid around it. */
export const nowMs = Date.UTC(2026, 10, 23);
export const validity: Validity = { notBeforeMs: Date.UTC(2026, 0), notAfterMs: Date.UTC(2060, 0) };

/** A relay's two certificates and their keys. */
export interface RelayCertificates {
  readonly identity: Certificate;
  readonly identityKeys: AlgorithmKeyPair<SigningAlgorithm>;
  readonly leaf: Certificate;
  readonly leafKeys: AlgorithmKeyPair<SigningAlgorithm>;
}

/** What a relay shows of its certificates, and signs with. */
export interface RelayCredentials {
  /** DER certificates, leaf first. */
  readonly certificateChain: readonly Uint8Array[];
  /** Of the leaf. */
  readonly privateKey: PrivateKey<SigningAlgorithm>;
  /** SHA-256 of the identity certificate, 32 bytes. */
  readonly keyHash: Uint8Array;
}

/** New certificates as a relay would make them, both valid at the same times. */
export function relayCertificates(
  algorithm: SigningAlgorithm,
  times: Validity = validity,
  random: Random = systemRandom,
): RelayCertificates {
  const identityKeys = generateKeyPair(algorithm, random);
  const leafKeys = generateKeyPair(algorithm, random);
  const signKey = identityKeys.privateKey;
  const identity = createIdentityCertificate(signKey, times, random);
  const leaf = createLeafCertificate(identity, signKey, leafKeys.publicKey, "localhost", times, random);
  return { identity, identityKeys, leaf, leafKeys };
}

/** What a relay with new certificates has of them. */
export function relayCredentials(
  algorithm: SigningAlgorithm,
  times: Validity = validity,
  random: Random = systemRandom,
): RelayCredentials {
  const { identity, leaf, leafKeys } = relayCertificates(algorithm, times, random);
  return {
    certificateChain: [leaf.der, identity.der],
    privateKey: leafKeys.privateKey,
    keyHash: certificateFingerprint(identity),
  };
}
