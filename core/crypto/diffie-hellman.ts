import { CryptoError, requireLength } from "./errors.ts";
import type { KeyAgreement } from "./primitives.ts";
import type { Random } from "./random.ts";

/** Raw keys, without any encoding around them. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** Elliptic curve Diffie-Hellman (RFC 7748) with raw keys; public and private keys have the same length. */
export interface DiffieHellman {
  /** Length of keys and shared secrets in bytes. */
  readonly keyLength: number;
  generateKeyPair(random: Random): KeyPair;
  /** @throws CryptoError for a key of another length */
  publicKey(privateKey: Uint8Array): Uint8Array;
  /**
   * The raw shared secret, not hashed.
   * @throws CryptoError for keys of another length, and for points of low order: they give a secret
   * known to everyone, and no honest peer sends one
   */
  sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  /**
   * `sharedSecret` for one private key and many public keys, twice as fast: most of the time of a single
   * agreement goes into making the private key ready.
   */
  prepare(privateKey: Uint8Array): (publicKey: Uint8Array) => Uint8Array;
}

/** The curve `name` with checks of lengths and results over one implementation. */
export function diffieHellman(name: string, keyLength: number, implementation: KeyAgreement): DiffieHellman {
  const action = `agree with ${name}`;
  function prepare(privateKey: Uint8Array): (publicKey: Uint8Array) => Uint8Array {
    requireLength(action, "private key", privateKey, keyLength);
    const agree = implementation.prepare(privateKey);
    return (publicKey) => {
      requireLength(action, "public key", publicKey, keyLength);
      const secret = attempt(() => agree(publicKey));
      if (secret === undefined || isZero(secret)) {
        throw new CryptoError(`cannot ${action}: public key is of low order`);
      }
      return secret;
    };
  }
  function publicKey(privateKey: Uint8Array): Uint8Array {
    requireLength(`derive ${name} public key`, "private key", privateKey, keyLength);
    return implementation.publicKey(privateKey);
  }
  return {
    keyLength,
    generateKeyPair(random) {
      const privateKey = random(keyLength);
      return { publicKey: publicKey(privateKey), privateKey };
    },
    publicKey,
    sharedSecret: (privateKey, peerKey) => prepare(privateKey)(peerKey),
    prepare,
  };
}

function attempt(compute: () => Uint8Array): Uint8Array | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

function isZero(secret: Uint8Array): boolean {
  let bits = 0;
  for (const byte of secret) bits |= byte;
  return bits === 0;
}
