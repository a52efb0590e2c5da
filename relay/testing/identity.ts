import { hexDecode } from "../../core/bytes/index.ts";
import { contextTag, element, sequence, tags } from "../../core/crypto/asn1.ts";
import { encodeTime } from "../../core/crypto/asn1-time.ts";
import { relayCertificates, relayCredentials } from "../../core/crypto/certificate.fixture.ts";
import { algorithmIdentifier, certificateFingerprint, signDer } from "../../core/crypto/certificate.ts";
import { encodePublicKey, type SigningAlgorithm } from "../../core/crypto/keys.ts";
import type { RelayIdentity } from "../identity/identity.ts";

const validity = { notBeforeMs: Date.UTC(2024, 0), notAfterMs: Date.UTC(2099, 0) };

/** A relay identity for a test. */
export function testIdentity(algorithm: SigningAlgorithm = "Ed25519"): RelayIdentity {
  return relayCredentials(algorithm, validity);
}

/** A relay identity whose certificates have this many bytes together, made up by an extension that nobody knows. */
export function longIdentity(length: number): RelayIdentity {
  const { identity, identityKeys, leafKeys } = relayCertificates("Ed25519", validity);
  const leaf = (fill: number): Uint8Array => {
    const unknown = sequence(
      element(tags.oid, hexDecode("2a0304")),
      element(tags.octetString, new Uint8Array(fill)),
    );
    const signed = sequence(
      element(contextTag(0), element(tags.integer, Uint8Array.of(2))),
      element(tags.integer, Uint8Array.of(1)),
      algorithmIdentifier("Ed25519"),
      identity.subject,
      sequence(encodeTime(validity.notBeforeMs), encodeTime(validity.notAfterMs)),
      identity.subject,
      encodePublicKey(leafKeys.publicKey),
      element(contextTag(3), sequence(unknown)),
    );
    return signDer(identityKeys.privateKey, signed);
  };
  // From this fill on, all lengths in the certificate take as many bytes.
  const fillMin = 256;
  const fill = length - identity.der.length - leaf(fillMin).length + fillMin;
  return {
    certificateChain: [leaf(fill), identity.der],
    privateKey: leafKeys.privateKey,
    keyHash: certificateFingerprint(identity),
  };
}
