import { equalBytes, hexDecode } from "../bytes/index.ts";
import { contextTag, element, primitiveContextTag, sequence, tags } from "./asn1.ts";
import { encodeTime } from "./asn1-time.ts";
import { algorithmIdentifier, type Certificate, parseCertificate, signDer } from "./certificate.ts";
import { extensionIds } from "./certificate-extensions.ts";
import { CryptoError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import {
  encodePublicKey,
  type PrivateKey,
  type PublicKey,
  publicKeyOf,
  type SigningAlgorithm,
} from "./keys.ts";
import type { Random } from "./random.ts";

/** How long a new certificate is valid: first and last moment in milliseconds since the Unix epoch. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const serialLength = 20;
const keyIdentifierLength = 20;
const commonNameLengthMax = 64;
const oid = (hex: string): Uint8Array => element(tags.oid, hexDecode(hex));
const version3 = element(contextTag(0), hexDecode("020102"));
const yes = element(tags.boolean, Uint8Array.of(0xff));
const isAuthority = sequence(yes);
const isNoAuthority = sequence();
/** digitalSignature, nonRepudiation and keyAgreement; 3 bits are unused. */
const leafKeyUsage = element(tags.bitString, Uint8Array.of(3, 0b1100_1000));
const serverAuthentication = sequence(oid("2b06010505070301"));

/**
 * The self-signed identity certificate of a relay, as the network's relays have it: its fingerprint is
 * the relay's identity. Its key should be kept offline. @throws CryptoError for a key of a wrong length
 */
export function createIdentityCertificate(
  privateKey: PrivateKey<SigningAlgorithm>,
  validity: Validity,
  random: Random,
): Certificate {
  const publicKey = publicKeyOf(privateKey);
  const keyId = keyIdentifier(publicKey);
  const name = distinguishedName("SMP server CA", "SimpleX");
  return createCertificate(privateKey, random, name, validity, name, publicKey, [
    extension(extensionIds.subjectKeyIdentifier, subjectKeyIdentifier(keyId)),
    extension(extensionIds.authorityKeyIdentifier, authorityKeyIdentifier(keyId)),
    extension(extensionIds.basicConstraints, isAuthority, yes),
  ]);
}

/**
 * The certificate a relay uses for TLS and to sign session keys, signed by its identity.
 * @param commonName the relay's host, 1 to 64 characters
 * @throws CryptoError when the name or a key has a wrong length, or `identityKey` is not of `identity`
 */
export function createLeafCertificate(
  identity: Certificate,
  identityKey: PrivateKey<SigningAlgorithm>,
  leafKey: PublicKey<SigningAlgorithm>,
  commonName: string,
  validity: Validity,
  random: Random,
): Certificate {
  if (commonName.length === 0 || commonName.length > commonNameLengthMax) {
    throw new CryptoError(
      `cannot create certificate: name is ${commonName.length} characters, not 1 to ${commonNameLengthMax}`,
    );
  }
  const issuerKey = publicKeyOf(identityKey);
  if (identity.publicKey === undefined || !equalBytes(identity.publicKey.key, issuerKey.key)) {
    throw new CryptoError("cannot create certificate: identity key is not of the identity certificate");
  }
  const name = distinguishedName(commonName);
  return createCertificate(identityKey, random, identity.subject, validity, name, leafKey, [
    extension(extensionIds.basicConstraints, isNoAuthority),
    extension(extensionIds.keyUsage, leafKeyUsage),
    extension(extensionIds.extendedKeyUsage, serverAuthentication),
    extension(extensionIds.subjectKeyIdentifier, subjectKeyIdentifier(keyIdentifier(leafKey))),
    extension(extensionIds.authorityKeyIdentifier, authorityKeyIdentifier(keyIdentifier(issuerKey))),
  ]);
}

function createCertificate(
  signKey: PrivateKey<SigningAlgorithm>,
  random: Random,
  issuer: Uint8Array,
  { notBeforeMs, notAfterMs }: Validity,
  subject: Uint8Array,
  publicKey: PublicKey<SigningAlgorithm>,
  extensions: readonly Uint8Array[],
): Certificate {
  const signedPart = sequence(
    version3,
    serialNumber(random),
    algorithmIdentifier(signKey.algorithm),
    issuer,
    sequence(encodeTime(notBeforeMs), encodeTime(notAfterMs)),
    subject,
    encodePublicKey(publicKey),
    element(contextTag(3), sequence(...extensions)),
  );
  return parseCertificate(signDer(signKey, signedPart));
}

/** A random serial number, made positive and of full length. */
function serialNumber(random: Random): Uint8Array {
  const serial = random(serialLength);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return element(tags.integer, serial);
}

/** A name of common name and, if given, organization. */
function distinguishedName(commonName: string, organization?: string): Uint8Array {
  const attribute = (id: string, value: string): Uint8Array =>
    element(tags.set, sequence(oid(id), element(tags.utf8String, new TextEncoder().encode(value))));
  const attributes = [attribute("550403", commonName)];
  if (organization !== undefined) attributes.push(attribute("55040a", organization));
  return sequence(...attributes);
}

function extension(id: string, value: Uint8Array, critical: Uint8Array = new Uint8Array(0)): Uint8Array {
  return sequence(oid(id), critical, element(tags.octetString, value));
}

/** The first 160 bits of the SHA-256 of the raw key ("Additional Methods" of RFC 7093). */
function keyIdentifier({ key }: PublicKey<SigningAlgorithm>): Uint8Array {
  return sha256(key).subarray(0, keyIdentifierLength);
}

const subjectKeyIdentifier = (keyId: Uint8Array): Uint8Array => element(tags.octetString, keyId);

const authorityKeyIdentifier = (keyId: Uint8Array): Uint8Array =>
  sequence(element(primitiveContextTag(0), keyId));
