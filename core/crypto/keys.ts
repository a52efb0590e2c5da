import { concat, DecodeError, equalBytes, hexDecode } from "../bytes/index.ts";
import { ed448 } from "./ed448.ts";
import { ed25519 } from "./ed25519.ts";
import { requireLength } from "./errors.ts";
import type { Random } from "./random.ts";
import { x448 } from "./x448.ts";
import { x25519 } from "./x25519.ts";

/** Algorithms that agree on a secret. */
export type AgreementAlgorithm = "X25519" | "X448";
/** Algorithms that sign. */
export type SigningAlgorithm = "Ed25519" | "Ed448";
/** All algorithms that a key can be for. */
export type Algorithm = AgreementAlgorithm | SigningAlgorithm;

/** A raw public key and what it is for. */
export interface PublicKey<A extends Algorithm = Algorithm> {
  readonly algorithm: A;
  readonly key: Uint8Array;
}

/** A raw private key and what it is for; of a signing key it is the seed. */
export interface PrivateKey<A extends Algorithm = Algorithm> {
  readonly algorithm: A;
  readonly key: Uint8Array;
}

/** The two halves of a key. */
export interface AlgorithmKeyPair<A extends Algorithm = Algorithm> {
  readonly publicKey: PublicKey<A>;
  readonly privateKey: PrivateKey<A>;
}

const schemes = { X25519: x25519, X448: x448, Ed25519: ed25519, Ed448: ed448 } as const;

const algorithms: readonly Algorithm[] = ["X25519", "X448", "Ed25519", "Ed448"];

/**
 * RFC 8410 leaves one DER form for each kind of key, so what stands before the raw key is a constant.
 * In a SubjectPublicKeyInfo it ends with the unused bits of the BIT STRING.
 */
const publicPrefix: Readonly<Record<Algorithm, Uint8Array>> = {
  X25519: hexDecode("302a300506032b656e032100"),
  X448: hexDecode("3042300506032b656f033900"),
  Ed25519: hexDecode("302a300506032b6570032100"),
  Ed448: hexDecode("3043300506032b6571033a00"),
};
const privatePrefix: Readonly<Record<Algorithm, Uint8Array>> = {
  X25519: hexDecode("302e020100300506032b656e04220420"),
  X448: hexDecode("3046020100300506032b656f043a0438"),
  Ed25519: hexDecode("302e020100300506032b657004220420"),
  Ed448: hexDecode("3047020100300506032b6571043b0439"),
};

/** A new key pair of the algorithm. */
export function generateKeyPair<A extends Algorithm>(algorithm: A, random: Random): AlgorithmKeyPair<A> {
  const pair = schemes[algorithm].generateKeyPair(random);
  return {
    publicKey: { algorithm, key: pair.publicKey },
    privateKey: { algorithm, key: pair.privateKey },
  };
}

/** The public half of a private key. @throws CryptoError for a key of a wrong length */
export function publicKeyOf<A extends Algorithm>(privateKey: PrivateKey<A>): PublicKey<A> {
  const { algorithm, key } = privateKey;
  return { algorithm, key: schemes[algorithm].publicKey(key) };
}

/** The key as DER SubjectPublicKeyInfo (RFC 8410): 44 to 69 bytes. @throws CryptoError for a wrong length */
export function encodePublicKey({ algorithm, key }: PublicKey): Uint8Array {
  requireLength("encode public key", `${algorithm} key`, key, schemes[algorithm].keyLength);
  return concat(publicPrefix[algorithm], key);
}

/** The key as DER PKCS#8 (RFC 8410), without attributes. @throws CryptoError for a wrong length */
export function encodePrivateKey({ algorithm, key }: PrivateKey): Uint8Array {
  requireLength("encode private key", `${algorithm} key`, key, schemes[algorithm].keyLength);
  return concat(privatePrefix[algorithm], key);
}

/**
 * Reads a DER SubjectPublicKeyInfo; the key is a view of `der`.
 * @param expected the algorithms that the key may be for, or all
 * @throws DecodeError when it is no such key
 */
export function decodePublicKey<A extends Algorithm = Algorithm>(
  der: Uint8Array,
  ...expected: readonly A[]
): PublicKey<A> {
  return decodeKey("public key", publicPrefix, der, expected);
}

/**
 * Reads a DER PKCS#8 private key; the key is a view of `der`.
 * @param expected the algorithms that the key may be for, or all
 * @throws DecodeError when it is no such key
 */
export function decodePrivateKey<A extends Algorithm = Algorithm>(
  der: Uint8Array,
  ...expected: readonly A[]
): PrivateKey<A> {
  return decodeKey("private key", privatePrefix, der, expected);
}

function decodeKey<A extends Algorithm>(
  what: string,
  prefixes: Readonly<Record<Algorithm, Uint8Array>>,
  der: Uint8Array,
  expected: readonly A[],
): PublicKey<A> {
  for (const algorithm of algorithms) {
    const prefix = prefixes[algorithm];
    if (
      der.length === prefix.length + schemes[algorithm].keyLength &&
      equalBytes(der.subarray(0, prefix.length), prefix)
    ) {
      if (!isOneOf(algorithm, expected)) {
        throw new DecodeError(`${what} is for ${algorithm}, not ${expected.join(" or ")}`);
      }
      return { algorithm, key: der.subarray(prefix.length) };
    }
  }
  throw new DecodeError(`${what} is not DER of a known algorithm`);
}

/** Without any algorithm named, `A` is all of them. */
function isOneOf<A extends Algorithm>(algorithm: Algorithm, expected: readonly A[]): algorithm is A {
  return expected.length === 0 || expected.some((one) => one === algorithm);
}
