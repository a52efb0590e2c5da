import { certificateFingerprint } from "../../core/crypto/certificate.ts";
import { createIdentityCertificate, createLeafCertificate } from "../../core/crypto/certificate-create.ts";
import { generateKeyPair, type SigningAlgorithm } from "../../core/crypto/keys.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import type { RelayIdentity } from "../identity/identity.ts";

const validity = { notBeforeMs: Date.UTC(2024, 0), notAfterMs: Date.UTC(2099, 0) };

/** A relay identity for a test. */
export function testIdentity(algorithm: SigningAlgorithm = "Ed25519"): RelayIdentity {
  const identityKey = generateKeyPair(algorithm, systemRandom);
  const leafKey = generateKeyPair(algorithm, systemRandom);
  const identity = createIdentityCertificate(identityKey.privateKey, validity, systemRandom);
  const leaf = createLeafCertificate(
    identity,
    identityKey.privateKey,
    leafKey.publicKey,
    "localhost",
    validity,
    systemRandom,
  );
  return {
    certificateChain: [leaf.der, identity.der],
    privateKey: leafKey.privateKey,
    keyHash: certificateFingerprint(identity),
  };
}
