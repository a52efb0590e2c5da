import { describe, expect, test } from "vitest";
import { DecodeError, hexDecode } from "../bytes/index.ts";
import { contextTag, element, sequence, tags } from "./asn1.ts";
import { encodeTime } from "./asn1-time.ts";
import { nowMs, relayCertificates, validity } from "./certificate.fixture.ts";
import {
  algorithmIdentifier,
  type Certificate,
  certificateFingerprint,
  parseCertificate,
  signDer,
} from "./certificate.ts";
import { parseCertificateChain, verifyCertificateChain } from "./certificate-chain.ts";
import { CryptoError } from "./errors.ts";
import { type AlgorithmKeyPair, encodePublicKey, generateKeyPair, type SigningAlgorithm } from "./keys.ts";
import { systemRandom } from "./random.ts";

interface Made {
  readonly certificate: Certificate;
  readonly keys: AlgorithmKeyPair<SigningAlgorithm>;
}

const name = (text: string): Uint8Array =>
  sequence(
    element(
      tags.set,
      sequence(hexDecode("0603550403"), element(tags.utf8String, new TextEncoder().encode(text))),
    ),
  );

const authority = hexDecode("300f0603551d130101ff040530030101ff");
const authorityOfLeaves = hexDecode("30120603551d130101ff040830060101ff020100");
const noSigning = hexDecode("300b0603551d0f0404030203c8");
const unknownCritical = hexDecode("300b06022a030101ff04020500");

/** A certificate of any shape: issued by `issuer`, or by itself. */
function make(
  subject: string,
  issuer: Made | undefined,
  extensions: readonly Uint8Array[] = [authority],
  { notBeforeMs, notAfterMs } = validity,
): Made {
  const keys = generateKeyPair("Ed25519", systemRandom);
  const signKey = (issuer?.keys ?? keys).privateKey;
  const signedPart = sequence(
    hexDecode("a003020102020101"),
    algorithmIdentifier(signKey.algorithm),
    issuer?.certificate.subject ?? name(subject),
    sequence(encodeTime(notBeforeMs), encodeTime(notAfterMs)),
    name(subject),
    encodePublicKey(keys.publicKey),
    ...(extensions.length === 0 ? [] : [element(contextTag(3), sequence(...extensions))]),
  );
  return { certificate: parseCertificate(signDer(signKey, signedPart)), keys };
}

/** Verifies the chain, pinned to its second certificate. */
function verify(chain: readonly Made[], timeMs = nowMs): void {
  const certificates = chain.map(({ certificate }) => certificate);
  const identity = certificates[1] ?? relayCertificates("Ed25519").identity;
  verifyCertificateChain(certificates, certificateFingerprint(identity), timeMs);
}

describe.each(["Ed25519", "Ed448"] as const)("the %s chain of a relay", (algorithm) => {
  const { leaf, identity, leafKeys } = relayCertificates(algorithm);
  const chain = parseCertificateChain([leaf.der, identity.der]);
  const fingerprint = certificateFingerprint(identity);

  test("is verified and gives the leaf's key", () => {
    const verified = verifyCertificateChain(chain, fingerprint, nowMs);
    expect(verified.leafKey).toEqual(leafKeys.publicKey);
    expect([verified.leaf, verified.identity]).toEqual([leaf, identity]);
  });

  test("is not that of another fingerprint", () => {
    for (const other of [certificateFingerprint(leaf), new Uint8Array(32), new Uint8Array(0)]) {
      expect(() => verifyCertificateChain(chain, other, nowMs)).toThrow(
        "identity certificate is not the one of the address",
      );
    }
  });

  test("with the leaf of another relay is rejected", () => {
    const other = relayCertificates(algorithm).leaf;
    expect(() => verifyCertificateChain([other, identity], fingerprint, nowMs)).toThrow(
      "signature is not of the next certificate's key",
    );
  });

  test("with the identity as its own leaf gives the identity's key only", () => {
    const verified = verifyCertificateChain([identity, identity], fingerprint, nowMs);
    expect(verified.leafKey).toEqual(identity.publicKey);
  });
});

describe("chains", () => {
  const operator = make("operator", undefined);
  const identity = make("identity", operator);
  const leaf = make("leaf", identity, []);

  test("of two, without any extensions, are fine: the pin is the authority", () => {
    const plain = make("plain", undefined, []);
    verify([make("leaf", plain, []), plain]);
  });

  test("of three and four are fine", () => {
    verify([leaf, identity, operator]);
    const network = make("network", operator);
    const inNetwork = make("identity", network);
    verify([make("leaf", inNetwork, []), inNetwork, network, operator]);
  });

  test("of none, one or five are rejected", () => {
    for (const chain of [[], [leaf], [leaf, identity, operator, operator, operator]]) {
      expect(() => verify(chain)).toThrow(CryptoError);
    }
    expect(() => parseCertificateChain([])).toThrow(DecodeError);
    expect(() => parseCertificateChain(Array<Uint8Array>(5).fill(leaf.certificate.der))).toThrow(DecodeError);
  });

  test("with a leaf that an unpinned last certificate signed are rejected", () => {
    const attacker = make("attacker", undefined);
    expect(() => verify([make("leaf", attacker, []), identity, attacker])).toThrow(
      "issuer is not the next certificate's subject",
    );
    const sameName = make("identity", undefined);
    expect(() => verify([make("leaf", sameName, []), identity, sameName])).toThrow(
      "signature is not of the next certificate's key",
    );
  });

  test("are rejected before and after the leaf's time, to the second", () => {
    verify([leaf, identity, operator], validity.notBeforeMs);
    verify([leaf, identity, operator], validity.notAfterMs);
    expect(() => verify([leaf, identity], validity.notBeforeMs - 1)).toThrow("not valid yet");
    expect(() => verify([leaf, identity], validity.notAfterMs + 1)).toThrow("expired");
  });

  test("may have an anchor that is expired, but nothing else", () => {
    const past = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2021, 0) };
    const oldIdentity = make("identity", operator, [authority], past);
    const leafOfOld = make("leaf", oldIdentity, []);
    verify([leafOfOld, oldIdentity]);
    expect(() => verify([leafOfOld, oldIdentity, operator])).toThrow("expired");
  });

  test("need authorities in the middle", () => {
    for (const extensions of [[], [noSigning], [authority, noSigning]]) {
      const weak = make("identity", operator, extensions);
      expect(() => verify([make("leaf", weak, []), weak, operator])).toThrow("is no authority");
    }
  });

  test("must not be longer than an authority allows", () => {
    const network = make("network", operator, [authorityOfLeaves]);
    const below = make("identity", network);
    expect(() => verify([make("leaf", below, []), below, network, operator])).toThrow("is no authority");
    const direct = make("identity", operator, [authorityOfLeaves]);
    verify([make("leaf", direct, []), direct, operator]);
  });

  test("with an unknown critical extension are rejected", () => {
    expect(() => verify([make("leaf", identity, [unknownCritical]), identity])).toThrow("unknown critical");
  });
});
