import type { Certificate } from "./certificate.ts";
import { createIdentityCertificate, createLeafCertificate, type Validity } from "./certificate-create.ts";
import { type AlgorithmKeyPair, generateKeyPair, type SigningAlgorithm } from "./keys.ts";
import { systemRandom } from "./random.ts";

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

/** New certificates as a relay would make them. */
export function relayCertificates(algorithm: SigningAlgorithm, leafValidity = validity): RelayCertificates {
  const identityKeys = generateKeyPair(algorithm, systemRandom);
  const leafKeys = generateKeyPair(algorithm, systemRandom);
  const identity = createIdentityCertificate(identityKeys.privateKey, validity, systemRandom);
  const leaf = createLeafCertificate(
    identity,
    identityKeys.privateKey,
    leafKeys.publicKey,
    "localhost",
    leafValidity,
    systemRandom,
  );
  return { identity, identityKeys, leaf, leafKeys };
}
