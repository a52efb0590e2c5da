import type { FuzzTarget } from "../testing/fuzz.ts";
import { DerReader } from "./asn1.ts";
import { readTime } from "./asn1-time.ts";
import { secretbox } from "./box.ts";
import { parseCertificate, signPublicKey, verifySignedPublicKey } from "./certificate.ts";
import { createIdentityCertificate, createLeafCertificate } from "./certificate-create.ts";
import { decodePrivateKey, decodePublicKey, encodePrivateKey, encodePublicKey, publicKeyOf } from "./keys.ts";
import { pad, unpad } from "./pad.ts";
import { decodePem, encodePem } from "./pem.ts";

/** Not random, so that a finding can be run again. */
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);

const signKey = { algorithm: "Ed25519", key: counting(32) } as const;
const verifyKey = publicKeyOf(signKey);
const validity = { notBeforeMs: Date.UTC(2026, 0), notAfterMs: Date.UTC(2060, 0) };
const identity = createIdentityCertificate(signKey, validity, counting);
const leaf = createLeafCertificate(identity, signKey, verifyKey, "localhost", validity, counting);
const publicDers = [32, 56].map((length) =>
  encodePublicKey({ algorithm: length === 32 ? "X25519" : "X448", key: counting(length) }),
);
const latin1 = new TextDecoder("latin1");

export const targets: readonly FuzzTarget[] = [
  { name: "certificate", run: parseCertificate, seeds: [identity.der, leaf.der] },
  { name: "public key", run: (input) => decodePublicKey(input), seeds: publicDers },
  { name: "private key", run: (input) => decodePrivateKey(input), seeds: [encodePrivateKey(signKey)] },
  {
    name: "signed public key",
    run: (input) => verifySignedPublicKey(verifyKey, input),
    seeds: publicDers.map((der) => signPublicKey(signKey, decodePublicKey(der))),
    allowed: ["CryptoError"],
  },
  {
    name: "certificate time",
    run: (input) => readTime(new DerReader(input)),
    seeds: [leaf.der.subarray(88, 103), leaf.der.subarray(103, 120)],
  },
  {
    name: "PEM",
    run: (input) => decodePem("CERTIFICATE", latin1.decode(input)),
    seeds: [new TextEncoder().encode(encodePem("CERTIFICATE", counting(40)))],
  },
  { name: "padding", run: unpad, seeds: [pad(counting(10), 20)], allowed: ["CryptoError"] },
  {
    name: "box",
    run: (input) => secretbox.open(counting(32), counting(24), input),
    seeds: [secretbox.seal(counting(32), counting(24), counting(10), 20)],
    allowed: ["CryptoError"],
  },
];
