import { certificateFingerprint } from "../crypto/certificate.ts";
import { createIdentityCertificate, createLeafCertificate } from "../crypto/certificate-create.ts";
import { generateKeyPair, type SigningAlgorithm } from "../crypto/keys.ts";
import { systemRandom } from "../crypto/random.ts";
import type { Credentials } from "./credentials.ts";

/** A relay's identity, made for a test. */
export interface TestIdentity extends Credentials {
  /** SHA-256 of the identity certificate. */
  readonly keyHash: Uint8Array;
}

const dayMs = 86_400_000;

/** A new identity and a leaf below it, valid from a day before `nowMs` for `days` days. */
export function testIdentity(
  nowMs: number,
  days = 30,
  algorithm: SigningAlgorithm = "Ed25519",
): TestIdentity {
  const validity = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + (days - 1) * dayMs };
  const authority = generateKeyPair(algorithm, systemRandom);
  const leaf = generateKeyPair(algorithm, systemRandom);
  const identity = createIdentityCertificate(authority.privateKey, validity, systemRandom);
  const certificate = createLeafCertificate(
    identity,
    authority.privateKey,
    leaf.publicKey,
    "relay.test",
    validity,
    systemRandom,
  );
  return {
    certificateChain: [certificate.der, identity.der],
    privateKey: leaf.privateKey,
    keyHash: certificateFingerprint(identity),
  };
}
