import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, DecodeError } from "../bytes/index.ts";
import { sequence } from "./asn1.ts";
import { relayCertificates, validity } from "./certificate.fixture.ts";
import {
  certificateFingerprint,
  isSignedBy,
  parseCertificate,
  signDer,
  signPublicKey,
  verifySignedPublicKey,
} from "./certificate.ts";
import { CryptoError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import { encodePublicKey, generateKeyPair } from "./keys.ts";
import { systemRandom } from "./random.ts";

describe.each(["Ed25519", "Ed448"] as const)("an %s certificate", (algorithm) => {
  const { identity, leaf, leafKeys, identityKeys } = relayCertificates(algorithm);

  test("says what was put into it", () => {
    expect(leaf.publicKey).toEqual(leafKeys.publicKey);
    expect(identity.publicKey).toEqual(identityKeys.publicKey);
    expect(leaf.signatureAlgorithm).toBe(algorithm);
    expect(leaf.issuer).toEqual(identity.subject);
    expect(identity.issuer).toEqual(identity.subject);
    expect(leaf.subject).not.toEqual(identity.subject);
    expect([leaf.notBeforeMs, leaf.notAfterMs]).toEqual([validity.notBeforeMs, validity.notAfterMs]);
    expect([identity.extensions.isAuthority, leaf.extensions.isAuthority]).toEqual([true, false]);
    expect(leaf.extensions.maySignCertificates).toBe(false);
    expect(certificateFingerprint(leaf)).toEqual(sha256(leaf.der));
  });

  test("is signed by its issuer and no other", () => {
    expect(isSignedBy(leaf, identity)).toBe(true);
    expect(isSignedBy(identity, identity)).toBe(true);
    expect(isSignedBy(leaf, leaf)).toBe(false);
    expect(isSignedBy(leaf, relayCertificates(algorithm).identity)).toBe(false);
    const other = relayCertificates(algorithm === "Ed448" ? "Ed25519" : "Ed448");
    expect(isSignedBy(leaf, other.identity)).toBe(false);
  });

  test("cut or extended is rejected", () => {
    for (let length = 0; length < leaf.der.length; length += 7) {
      expect(() => parseCertificate(leaf.der.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => parseCertificate(concat(leaf.der, Uint8Array.of(0)))).toThrow(DecodeError);
  });

  test("changed anywhere is rejected as malformed, or is not signed any more", () => {
    fc.assert(
      fc.property(fc.nat(leaf.der.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const der = leaf.der.slice();
        der[index] = (der[index] ?? 0) ^ change;
        try {
          expect(isSignedBy(parseCertificate(der), identity)).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("several changes at once give a certificate or a DecodeError, nothing else", () => {
  const { leaf } = relayCertificates("Ed25519");
  const change = fc.tuple(fc.nat(leaf.der.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.nat(3), (changes, cut) => {
      const der = leaf.der.slice(0, leaf.der.length - cut);
      for (const [index, value] of changes) if (index < der.length) der[index] = value;
      try {
        parseCertificate(der);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
    { numRuns: 2_000 },
  );
});

describe("a signed public key", () => {
  const { leafKeys, identityKeys } = relayCertificates("Ed25519");
  const { publicKey } = generateKeyPair("X25519", systemRandom);
  const signed = signPublicKey(leafKeys.privateKey, publicKey);

  test("comes back when verified with the key that signed it", () => {
    expect(verifySignedPublicKey(leafKeys.publicKey, signed)).toEqual(publicKey);
  });

  test("is rejected with another key, even of another algorithm", () => {
    const other = generateKeyPair("Ed448", systemRandom).publicKey;
    for (const key of [identityKeys.publicKey, other]) {
      expect(() => verifySignedPublicKey(key, signed)).toThrow(
        new CryptoError("cannot verify signed key: signature is not of the certificate's key"),
      );
    }
  });

  test("is rejected when changed anywhere", () => {
    fc.assert(
      fc.property(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const changed = signed.slice();
        changed[index] = (changed[index] ?? 0) ^ change;
        let error: unknown;
        try {
          verifySignedPublicKey(leafKeys.publicKey, changed);
        } catch (thrown) {
          error = thrown;
        }
        expect(error instanceof DecodeError || error instanceof CryptoError).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("without the SEQUENCE around it, or with more in it, is malformed", () => {
    const key = encodePublicKey(publicKey);
    for (const part of [key, sequence(key, key), sequence()]) {
      const der = signDer(leafKeys.privateKey, part);
      expect(() => verifySignedPublicKey(leafKeys.publicKey, der)).toThrow(DecodeError);
    }
  });
});
