import type { RelayIdentity } from "../../relay/identity/identity.ts";
import { certificateFingerprint } from "../crypto/certificate.ts";
import { createIdentityCertificate, createLeafCertificate } from "../crypto/certificate-create.ts";
import { generateKeyPair } from "../crypto/keys.ts";
import type { Random } from "../crypto/random.ts";

/** Long before and after every simulated moment. */
const validity = { notBeforeMs: Date.UTC(2000, 0), notAfterMs: Date.UTC(2099, 0) };

/** The identity of the relays of a run. */
export function createIdentity(random: Random): RelayIdentity {
  const own = generateKeyPair("Ed25519", random);
  const leafKey = generateKeyPair("Ed25519", random);
  const authority = createIdentityCertificate(own.privateKey, validity, random);
  const leaf = createLeafCertificate(
    authority,
    own.privateKey,
    leafKey.publicKey,
    "relay.test",
    validity,
    random,
  );
  return {
    certificateChain: [leaf.der, authority.der],
    privateKey: leafKey.privateKey,
    keyHash: certificateFingerprint(authority),
  };
}
