import { DecodeError, equalBytes } from "../../core/bytes/index.ts";
import { certificateFingerprint, parseCertificate } from "../../core/crypto/certificate.ts";
import { parseCertificateChain, verifyCertificateChain } from "../../core/crypto/certificate-chain.ts";
import { createIdentityCertificate, createLeafCertificate } from "../../core/crypto/certificate-create.ts";
import { CryptoError } from "../../core/crypto/errors.ts";
import {
  decodePrivateKey,
  encodePrivateKey,
  generateKeyPair,
  type PrivateKey,
  publicKeyOf,
  type SigningAlgorithm,
} from "../../core/crypto/keys.ts";
import { decodePem, encodePem } from "../../core/crypto/pem.ts";
import type { Random } from "../../core/crypto/random.ts";

/** Who a relay is: what it shows to every client, and signs session keys with. */
export interface RelayIdentity {
  /** DER certificates: the online certificate first, then the identity certificate that signed it. */
  readonly certificateChain: readonly Uint8Array[];
  /** Of the online certificate. */
  readonly privateKey: PrivateKey<SigningAlgorithm>;
  /** SHA-256 of the identity certificate, 32 bytes: the relay's name in its address. */
  readonly keyHash: Uint8Array;
}

/**
 * An identity as PEM texts, in the files of the same names that the reference server has, too. `ca.key`
 * signs online certificates and is better kept elsewhere; the relay runs without it.
 */
export interface IdentityFiles {
  readonly "ca.crt": string;
  readonly "server.crt": string;
  readonly "server.key": string;
  readonly "ca.key"?: string;
}

/** An identity cannot be used, or made; the message says why. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
}

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
const identityYears = 100;
const onlineYears = 10;
/** Clients whose clocks are late should still accept a new certificate. */
const startsEarlierMs = 2 * dayMs;

/** Makes a new relay. @param host the first of its address, at most 64 characters */
export function createIdentity(
  algorithm: SigningAlgorithm,
  host: string,
  nowMs: number,
  random: Random,
): IdentityFiles {
  const { privateKey } = generateKeyPair(algorithm, random);
  const identity = createIdentityCertificate(privateKey, validity(nowMs, identityYears), random);
  const authority = { "ca.crt": encodePem("CERTIFICATE", identity.der), "ca.key": keyPem(privateKey) };
  return rotateCertificate(authority, host, nowMs, random);
}

/**
 * Makes a new online certificate of the same relay; its address stays.
 * @throws IdentityError when `ca.key` is missing or of another identity
 */
export function rotateCertificate(
  authority: Pick<IdentityFiles, "ca.crt" | "ca.key">,
  host: string,
  nowMs: number,
  random: Random,
): IdentityFiles {
  const { "ca.key": authorityKey } = authority;
  if (authorityKey === undefined) {
    throw new IdentityError("cannot make certificate: ca.key is missing, which signs it");
  }
  return reading("make certificate", () => {
    const identity = parseCertificate(onlyOne(decodePem("CERTIFICATE", authority["ca.crt"])));
    const identityKey = decodePrivateKey(onlyOne(decodePem("PRIVATE KEY", authorityKey)), "Ed25519", "Ed448");
    const { publicKey, privateKey } = generateKeyPair(identityKey.algorithm, random);
    const times = validity(nowMs, onlineYears);
    const leaf = createLeafCertificate(identity, identityKey, publicKey, host, times, random);
    return {
      ...authority,
      "server.crt": encodePem("CERTIFICATE", leaf.der),
      "server.key": keyPem(privateKey),
    };
  });
}

/**
 * Reads an identity, ours or the reference server's.
 * @throws IdentityError when a file is malformed, the files don't belong together, or a certificate is expired
 */
export function readIdentity(files: IdentityFiles, nowMs: number): RelayIdentity {
  return reading("read identity", () => {
    const online = decodePem("CERTIFICATE", files["server.crt"]);
    const authorities = decodePem("CERTIFICATE", files["ca.crt"]);
    const [leaf, identity] = [online[0], authorities[0]];
    if (leaf === undefined || identity === undefined) throw new DecodeError("a certificate is missing");
    // Some keep the whole chain in server.crt.
    const certificateChain = online.length > 1 ? online : [leaf, ...authorities];
    const keyHash = certificateFingerprint(parseCertificate(identity));
    const { leafKey } = verifyCertificateChain(parseCertificateChain(certificateChain), keyHash, nowMs);
    const privateKey = decodePrivateKey(
      onlyOne(decodePem("PRIVATE KEY", files["server.key"])),
      "Ed25519",
      "Ed448",
    );
    const publicKey = publicKeyOf(privateKey);
    if (publicKey.algorithm !== leafKey.algorithm || !equalBytes(publicKey.key, leafKey.key)) {
      throw new CryptoError("server.key is not the key of server.crt");
    }
    return { certificateChain, privateKey, keyHash };
  });
}

/** An identity in one text, as a secret of the environment: the PEM blocks of the files in any order. */
export function identityFilesFromText(text: string): IdentityFiles {
  return reading("read identity", () => {
    const [leaf, identity] = decodePem("CERTIFICATE", text);
    if (leaf === undefined || identity === undefined)
      throw new DecodeError("it has less than 2 certificates");
    return {
      "server.crt": encodePem("CERTIFICATE", leaf),
      "ca.crt": encodePem("CERTIFICATE", identity),
      "server.key": encodePem("PRIVATE KEY", onlyOne(decodePem("PRIVATE KEY", text))),
    };
  });
}

/** What `identityFilesFromText` reads. */
export function identityToText(files: IdentityFiles): string {
  return files["server.key"] + files["server.crt"] + files["ca.crt"];
}

function validity(nowMs: number, years: number) {
  return { notBeforeMs: nowMs - startsEarlierMs, notAfterMs: nowMs + years * yearMs };
}

function keyPem(key: PrivateKey<SigningAlgorithm>): string {
  return encodePem("PRIVATE KEY", encodePrivateKey(key));
}

function onlyOne(blocks: readonly Uint8Array[]): Uint8Array {
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) throw new DecodeError("there is more than one of a kind");
  return block;
}

function reading<T>(action: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof CryptoError)) throw error;
    throw new IdentityError(`cannot ${action}: ${error.message}`, { cause: error });
  }
}
