import { concat } from "../bytes/index.ts";
import { requireLength } from "./errors.ts";
import { sha512 } from "./hash.ts";
import type { Random } from "./random.ts";
import { freeze3, freezeQ, nonZeroMask } from "./sntrup761/coefficients.ts";
import {
  decodeRounded,
  decodeRq,
  decodeSmall,
  encodeRounded,
  encodeRq,
  encodeSmall,
} from "./sntrup761/encoding.ts";
import { HASH_BYTES, P, ROUNDED_BYTES, RQ_BYTES, SMALL_BYTES, WEIGHT } from "./sntrup761/parameters.ts";
import { multiply3, multiplyQ } from "./sntrup761/product.ts";
import { reciprocalOfTriple } from "./sntrup761/reciprocal-q.ts";
import { reciprocal3 } from "./sntrup761/reciprocal3.ts";
import { randomShort, randomSmall } from "./sntrup761/sample.ts";

/** Length of a public key, in bytes. */
export const SNTRUP761_PUBLIC_KEY_BYTES = RQ_BYTES;

/** Length of a private key, in bytes: f, 1/g, the public key, the rejection secret, the public key's hash. */
export const SNTRUP761_PRIVATE_KEY_BYTES = 3 * SMALL_BYTES + RQ_BYTES + HASH_BYTES;

/** Length of a ciphertext with its confirmation hash, in bytes. */
export const SNTRUP761_CIPHERTEXT_BYTES = ROUNDED_BYTES + HASH_BYTES;

/** Length of a shared secret, in bytes. */
export const SNTRUP761_SHARED_SECRET_BYTES = HASH_BYTES;

export interface Sntrup761KeyPair {
  /** 1158 bytes. */
  readonly publicKey: Uint8Array;
  /** 1763 bytes; it contains the public key. */
  readonly privateKey: Uint8Array;
}

export interface Sntrup761Encapsulation {
  /** 1039 bytes, for the owner of the public key. */
  readonly ciphertext: Uint8Array;
  /** 32 bytes. */
  readonly sharedSecret: Uint8Array;
}

/** The first half of SHA-512 over a byte that says what is hashed, and the parts. */
function prefixedHash(prefix: number, ...parts: Uint8Array[]): Uint8Array {
  return sha512(concat(Uint8Array.of(prefix), ...parts)).subarray(0, HASH_BYTES);
}

/** The shared secret: prefix 1 for a genuine ciphertext, 0 for a rejected one. */
function sessionHash(prefix: number, input: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return prefixedHash(prefix, prefixedHash(3, input), ciphertext).slice();
}

/** Encrypts a short polynomial (given as it is and encoded) and appends the hash that confirms it. */
function hide(
  short: Int16Array,
  encoded: Uint8Array,
  publicKey: Uint8Array,
  keyHash: Uint8Array,
): Uint8Array {
  const rounded = multiplyQ(decodeRq(publicKey), short);
  for (let i = 0; i < P; i++) {
    const coefficient = rounded[i] ?? 0;
    rounded[i] = coefficient - freeze3(coefficient);
  }
  return concat(encodeRounded(rounded), prefixedHash(2, prefixedHash(3, encoded), keyHash));
}

/** Recovers the short polynomial; a fixed one of the right weight when the result has another weight. */
function decrypt(ciphertext: Uint8Array, privateKey: Uint8Array): Int16Array {
  const f = decodeSmall(privateKey.subarray(0, SMALL_BYTES));
  const gInverse = decodeSmall(privateKey.subarray(SMALL_BYTES, 2 * SMALL_BYTES));
  const product = multiplyQ(decodeRounded(ciphertext.subarray(0, ROUNDED_BYTES)), f);
  for (let i = 0; i < P; i++) product[i] = freeze3(freezeQ(3 * (product[i] ?? 0)));
  const result = multiply3(product, gInverse);
  let weight = 0;
  for (let i = 0; i < P; i++) weight += (result[i] ?? 0) & 1;
  const wrong = nonZeroMask(weight - WEIGHT);
  for (let i = 0; i < P; i++) {
    const fixed = i < WEIGHT ? 1 : 0;
    const coefficient = result[i] ?? 0;
    result[i] = coefficient ^ (wrong & (coefficient ^ fixed));
  }
  f.fill(0);
  gInverse.fill(0);
  product.fill(0);
  return result;
}

function generateKeyPair(random: Random): Sntrup761KeyPair {
  let g = randomSmall(random);
  let gInverse = reciprocal3(g);
  while (gInverse === undefined) {
    g = randomSmall(random);
    gInverse = reciprocal3(g);
  }
  const f = randomShort(random);
  const fInverse = reciprocalOfTriple(f);
  const publicKey = encodeRq(multiplyQ(fInverse, g));
  const rejection = random(SMALL_BYTES);
  const privateKey = concat(
    encodeSmall(f),
    encodeSmall(gInverse),
    publicKey,
    rejection,
    prefixedHash(4, publicKey),
  );
  g.fill(0);
  gInverse.fill(0);
  f.fill(0);
  fInverse.fill(0);
  return { publicKey, privateKey };
}

function encapsulate(publicKey: Uint8Array, random: Random): Sntrup761Encapsulation {
  requireLength("encapsulate", "sntrup761 public key", publicKey, SNTRUP761_PUBLIC_KEY_BYTES);
  const keyHash = prefixedHash(4, publicKey);
  const short = randomShort(random);
  const encoded = encodeSmall(short);
  const ciphertext = hide(short, encoded, publicKey, keyHash);
  const sharedSecret = sessionHash(1, encoded, ciphertext);
  short.fill(0);
  encoded.fill(0);
  return { ciphertext, sharedSecret };
}

function decapsulate(privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  requireLength("decapsulate", "sntrup761 private key", privateKey, SNTRUP761_PRIVATE_KEY_BYTES);
  requireLength("decapsulate", "sntrup761 ciphertext", ciphertext, SNTRUP761_CIPHERTEXT_BYTES);
  const publicKeyAt = 2 * SMALL_BYTES;
  const rejectionAt = publicKeyAt + RQ_BYTES;
  const keyHashAt = rejectionAt + SMALL_BYTES;
  const publicKey = privateKey.subarray(publicKeyAt, rejectionAt);
  const rejection = privateKey.subarray(rejectionAt, keyHashAt);
  const keyHash = privateKey.subarray(keyHashAt);

  const short = decrypt(ciphertext, privateKey);
  const encoded = encodeSmall(short);
  const expected = hide(short, encoded, publicKey, keyHash);
  let difference = 0;
  for (let i = 0; i < SNTRUP761_CIPHERTEXT_BYTES; i++) {
    difference |= (ciphertext[i] ?? 0) ^ (expected[i] ?? 0);
  }
  const rejected = nonZeroMask(difference);
  for (let i = 0; i < SMALL_BYTES; i++) {
    const byte = encoded[i] ?? 0;
    encoded[i] = byte ^ (rejected & (byte ^ (rejection[i] ?? 0)));
  }
  const sharedSecret = sessionHash(1 + rejected, encoded, ciphertext);
  short.fill(0);
  encoded.fill(0);
  return sharedSecret;
}

/** The public key in a private key, as a view of it. @throws CryptoError when the private key is not 1763 bytes */
export function sntrup761PublicKeyOf(privateKey: Uint8Array): Uint8Array {
  requireLength("take public key", "sntrup761 private key", privateKey, SNTRUP761_PRIVATE_KEY_BYTES);
  return privateKey.subarray(2 * SMALL_BYTES, 2 * SMALL_BYTES + RQ_BYTES);
}

/**
 * Streamlined NTRU Prime 761, the key encapsulation of "Chosen KEM algorithm" in the specification of the
 * post-quantum double ratchet (the same as in OpenSSH). No branch and no index depends on a secret.
 */
export const sntrup761 = {
  /** A new key pair. Draws 761 words of 4 bytes as often as needed, 761 more, and then 191 bytes. */
  generateKeyPair,
  /**
   * A new shared secret for the owner of a public key (1158 bytes). Draws 761 words of 4 bytes.
   * @throws CryptoError when the key has another length
   */
  encapsulate,
  /**
   * The shared secret (32 bytes) of a ciphertext (1039 bytes) for a private key (1763 bytes). A forged
   * ciphertext is not reported: its secret is one that nobody else knows.
   * @throws CryptoError when a length is wrong
   */
  decapsulate,
};
