import { concat, utf8Encode } from "../bytes/index.ts";
import { hkdfSha512 } from "../crypto/hkdf.ts";
import { wipe } from "../crypto/wipe.ts";
import { x448 } from "../crypto/x448.ts";

/** Length of every key the ratchet derives, in bytes. */
export const ratchetKeyLength = 32;

const ivLength = 16;
const derivedLength = 96;
const empty = new Uint8Array(0);
const x3dhSalt = new Uint8Array(64);
const x3dhInfo = utf8Encode("SimpleXX3DH");
const rootInfo = utf8Encode("SimpleXRootRatchet");
const chainInfo = utf8Encode("SimpleXChainRatchet");

/** HKDF split into parts of 32, 32 and 32 bytes, in arrays of their own. */
function derive(
  salt: Uint8Array,
  secret: Uint8Array,
  info: Uint8Array,
): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const derived = hkdfSha512(salt, secret, info, derivedLength);
  const parts = [
    derived.slice(0, ratchetKeyLength),
    derived.slice(ratchetKeyLength, 2 * ratchetKeyLength),
    derived.slice(2 * ratchetKeyLength),
  ] as const;
  wipe(derived);
  return parts;
}

/** The keys that both sides start from. */
export interface X3dhKeys {
  readonly rootKey: Uint8Array;
  /** Header key of the joining side's first messages. */
  readonly headerKey: Uint8Array;
  /** Header key of the other side's first messages. */
  readonly nextHeaderKey: Uint8Array;
}

/** Derives the starting keys from the three X3DH secrets and, when there is one, the KEM's; wipes them. */
export function x3dhKdf(secrets: readonly Uint8Array[]): X3dhKeys {
  const input = concat(...secrets);
  const [headerKey, nextHeaderKey, rootKey] = derive(x3dhSalt, input, x3dhInfo);
  wipe(input, ...secrets);
  return { rootKey, headerKey, nextHeaderKey };
}

export interface RootKeys {
  readonly rootKey: Uint8Array;
  readonly chainKey: Uint8Array;
  readonly nextHeaderKey: Uint8Array;
}

/** KDF_RK_HE: a step of the root chain with a Diffie-Hellman secret and, when there is one, the KEM's. */
export function rootKdf(
  rootKey: Uint8Array,
  privateKey: Uint8Array,
  publicKey: Uint8Array,
  kemSecret: Uint8Array | undefined,
): RootKeys {
  const dhSecret = x448.sharedSecret(privateKey, publicKey);
  const secret = kemSecret === undefined ? dhSecret : concat(dhSecret, kemSecret);
  const [newRootKey, chainKey, nextHeaderKey] = derive(rootKey, secret, rootInfo);
  wipe(dhSecret, secret);
  return { rootKey: newRootKey, chainKey, nextHeaderKey };
}

/** The key of one message and the IV of its body. */
export interface MessageKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 16 bytes. */
  readonly iv: Uint8Array;
}

export interface ChainStep {
  readonly chainKey: Uint8Array;
  readonly messageKey: MessageKey;
  /** 16 bytes. */
  readonly headerIv: Uint8Array;
}

/** KDF_CK: a step of a sending or receiving chain. */
export function chainKdf(chainKey: Uint8Array): ChainStep {
  const [next, key, ivs] = derive(empty, chainKey, chainInfo);
  return {
    chainKey: next,
    messageKey: { key, iv: ivs.slice(0, ivLength) },
    headerIv: ivs.slice(ivLength),
  };
}
