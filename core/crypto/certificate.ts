import { concat, equalBytes, hexDecode, orUndefined } from "../bytes/index.ts";
import { bitString, contextTag, DerReader, primitiveContextTag, sequence, tags } from "./asn1.ts";
import { readTime } from "./asn1-time.ts";
import { type CertificateExtensions, noExtensions, readExtensions } from "./certificate-extensions.ts";
import { CryptoError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import {
  decodePublicKey,
  encodePublicKey,
  type PrivateKey,
  type PublicKey,
  type SigningAlgorithm,
} from "./keys.ts";
import { sign, verify } from "./signature.ts";

/** What an X.509 certificate (RFC 5280, version 3) says; byte strings are views of `der`. */
export interface Certificate {
  /** The whole certificate. */
  readonly der: Uint8Array;
  /** The part that is signed. */
  readonly signedPart: Uint8Array;
  /** DER names. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** First and last moment of validity, in milliseconds since the Unix epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Undefined when the key is for another algorithm (RSA, ECDSA). */
  readonly publicKey: PublicKey<SigningAlgorithm> | undefined;
  readonly extensions: CertificateExtensions;
  /** Undefined when it is signed with another algorithm (RSA, ECDSA). */
  readonly signatureAlgorithm: SigningAlgorithm | undefined;
  readonly signature: Uint8Array;
}

/** Serial numbers are 20 bytes at most, and older certificates are somewhat careless. */
const serialLengthMax = 32;

/** DER AlgorithmIdentifiers (RFC 8410). */
const algorithmIdentifiers: readonly (readonly [SigningAlgorithm, Uint8Array])[] = [
  ["Ed25519", hexDecode("300506032b6570")],
  ["Ed448", hexDecode("300506032b6571")],
];

/** The DER AlgorithmIdentifier of a signature algorithm. */
export function algorithmIdentifier(algorithm: SigningAlgorithm): Uint8Array {
  return concat(...algorithmIdentifiers.filter(([name]) => name === algorithm).map(([, der]) => der));
}

/**
 * Reads one DER certificate of version 3. It may be for other algorithms than ours.
 * @throws DecodeError when it is none, or bytes are left over
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const { signedPart, algorithm, signature } = readSigned(der);
  const fields = new DerReader(signedPart).inside(tags.sequence);
  const version = fields.inside(contextTag(0));
  if (version.smallInteger() !== 2) version.fail("certificate is not of version 3");
  version.end();
  const serial = fields.expect(tags.integer).content;
  if (serial.length === 0 || serial.length > serialLengthMax) fields.fail("serial number has a wrong length");
  if (!equalBytes(fields.expect(tags.sequence).der, algorithm)) {
    fields.fail("signature algorithm differs inside and outside");
  }
  const issuer = fields.expect(tags.sequence).der;
  const validity = fields.inside(tags.sequence);
  const notBeforeMs = readTime(validity);
  const notAfterMs = readTime(validity);
  validity.end();
  const subject = fields.expect(tags.sequence).der;
  const keyInfo = fields.expect(tags.sequence).der;
  for (const uniqueId of [primitiveContextTag(1), primitiveContextTag(2)]) {
    if (fields.peek() === uniqueId) fields.element();
  }
  const extensions =
    fields.peek() === undefined ? noExtensions : readExtensions(fields.inside(contextTag(3)));
  fields.end();
  return {
    der,
    signedPart,
    issuer,
    subject,
    notBeforeMs,
    notAfterMs,
    publicKey: signingKey(keyInfo),
    extensions,
    signatureAlgorithm: algorithmIdentifiers.find(([, der]) => equalBytes(der, algorithm))?.[0],
    signature,
  };
}

/** The fingerprint that relay addresses pin: SHA-256 of the DER certificate, 32 bytes. */
export function certificateFingerprint(certificate: Certificate): Uint8Array {
  return sha256(certificate.der);
}

/** Whether `certificate` is signed with the key of `issuer`; false for algorithms other than Ed25519, Ed448. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const { signatureAlgorithm, signedPart, signature } = certificate;
  const { publicKey } = issuer;
  if (publicKey === undefined || publicKey.algorithm !== signatureAlgorithm) return false;
  return verify(publicKey, signedPart, signature);
}

/** What X.509 signs, with the signature put behind it: DER. @throws CryptoError for a key of a wrong length */
export function signDer(privateKey: PrivateKey<SigningAlgorithm>, signedPart: Uint8Array): Uint8Array {
  return sequence(
    signedPart,
    algorithmIdentifier(privateKey.algorithm),
    bitString(sign(privateKey, signedPart)),
  );
}

/**
 * A public key signed in the manner of X.509, as relays send their session key: DER of key, algorithm and
 * signature. The network puts the SubjectPublicKeyInfo into one more SEQUENCE, and signs that.
 * @throws CryptoError for keys of a wrong length
 */
export function signPublicKey(privateKey: PrivateKey<SigningAlgorithm>, publicKey: PublicKey): Uint8Array {
  return signDer(privateKey, sequence(encodePublicKey(publicKey)));
}

/**
 * The public key in what `signPublicKey` made.
 * @throws DecodeError when `der` is no signed key
 * @throws CryptoError when the signature is not of `verifyKey`
 */
export function verifySignedPublicKey(verifyKey: PublicKey<SigningAlgorithm>, der: Uint8Array): PublicKey {
  const { signedPart, algorithm, signature } = readSigned(der);
  const publicKey = decodePublicKey(new DerReader(signedPart).expect(tags.sequence).content);
  if (
    !equalBytes(algorithm, algorithmIdentifier(verifyKey.algorithm)) ||
    !verify(verifyKey, signedPart, signature)
  ) {
    throw new CryptoError("cannot verify signed key: signature is not of the certificate's key");
  }
  return publicKey;
}

interface Signed {
  readonly signedPart: Uint8Array;
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
}

function readSigned(der: Uint8Array): Signed {
  const outer = new DerReader(der);
  const parts = outer.inside(tags.sequence);
  outer.end();
  const signedPart = parts.expect(tags.sequence).der;
  const algorithm = parts.expect(tags.sequence).der;
  const signature = parts.wholeBitString();
  parts.end();
  return { signedPart, algorithm, signature };
}

function signingKey(keyInfo: Uint8Array): PublicKey<SigningAlgorithm> | undefined {
  return orUndefined(() => decodePublicKey(keyInfo, "Ed25519", "Ed448"));
}
