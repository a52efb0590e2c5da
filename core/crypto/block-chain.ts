import { requireLength } from "./errors.ts";
import { hkdfSha512 } from "./hkdf.ts";

const chainKeyLength = 32;
const utf8 = new TextEncoder();
const initInfo = utf8.encode("SimpleXSbChainInit");
const stepInfo = utf8.encode("SimpleXSbChain");
const emptySalt = new Uint8Array(0);

/** The chain keys with which the two directions of a session start, 32 bytes each. */
export interface BlockChainKeys {
  readonly serverToClient: Uint8Array;
  readonly clientToServer: Uint8Array;
}

/** What encrypts one transport block, and the chain key for the block after it. */
export interface BlockKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  /** 32 bytes. */
  readonly nextChainKey: Uint8Array;
}

/**
 * Starts the encryption of transport blocks (SMP version 11 and later).
 * @param sessionId the TLS session id
 * @param dhSecret raw X25519 secret of the two session keys, 32 bytes
 * @throws CryptoError for a wrong length of the secret
 */
export function initBlockChain(sessionId: Uint8Array, dhSecret: Uint8Array): BlockChainKeys {
  requireLength("start block chain", "shared secret", dhSecret, 32);
  const keys = hkdfSha512(sessionId, dhSecret, initInfo, 2 * chainKeyLength);
  return { serverToClient: keys.subarray(0, chainKeyLength), clientToServer: keys.subarray(chainKeyLength) };
}

/**
 * One step of the chain: key and nonce of the next block of this direction. The chain key must not be
 * used again. @throws CryptoError for a wrong length of the chain key
 */
export function nextBlockKey(chainKey: Uint8Array): BlockKey {
  requireLength("advance block chain", "chain key", chainKey, chainKeyLength);
  const keys = hkdfSha512(emptySalt, chainKey, stepInfo, 88);
  return { nextChainKey: keys.subarray(0, 32), key: keys.subarray(32, 64), nonce: keys.subarray(64, 88) };
}
