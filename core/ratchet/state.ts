import type { KeyPair } from "../crypto/diffie-hellman.ts";
import { wipe } from "../crypto/wipe.ts";

/** The sending chain. */
export interface SendingChain {
  /** X448, 56 bytes: the key of the peer that the chain started from. */
  readonly peerKey: Uint8Array;
  readonly chainKey: Uint8Array;
  readonly headerKey: Uint8Array;
}

/** The receiving chain. */
export interface ReceivingChain {
  readonly chainKey: Uint8Array;
  readonly headerKey: Uint8Array;
}

/** Our side of the KEM. */
export interface RatchetKem {
  /** sntrup761, 1763 bytes; it contains the public key that goes into our headers. */
  readonly privateKey: Uint8Array;
  /** What we encapsulated to the peer's last key, for our headers; undefined while we only propose. */
  readonly ciphertext: Uint8Array | undefined;
}

/**
 * One side of a double ratchet. A value: nothing changes it, encrypting and decrypting give a new one, and
 * the old one stays good until the new one is stored. Keys are 32 bytes unless said otherwise.
 */
export interface RatchetState {
  /** The version of the messages we send. It rises when a header shows that the peer speaks a higher one. */
  readonly currentVersion: number;
  /** The highest version we speak. */
  readonly maxVersion: number;
  /** 112 bytes that are the same on both sides. */
  readonly associatedData: Uint8Array;
  /** X448: our key of this step. */
  readonly dhKeyPair: KeyPair;
  readonly kem: RatchetKem | undefined;
  /** Headers have the room for a KEM. Once on, it stays on. */
  readonly supportsPq: boolean;
  /** The next ratchet step will use the KEM, if the peer does so too. */
  readonly enablesPq: boolean;
  /** The sending chain has a KEM secret in it. */
  readonly sendsPq: boolean;
  /** The receiving chain has a KEM secret in it. */
  readonly receivesPq: boolean;
  readonly rootKey: Uint8Array;
  /** Undefined on the receiving side before its first message. */
  readonly sending: SendingChain | undefined;
  /** Undefined before the first message received. */
  readonly receiving: ReceivingChain | undefined;
  /** Number of the next message to send in its chain. */
  readonly sendNumber: number;
  /** Number of the next message to receive in its chain. */
  readonly receiveNumber: number;
  /** How many messages our previous sending chain had. */
  readonly previousCount: number;
  readonly nextSendHeaderKey: Uint8Array;
  readonly nextReceiveHeaderKey: Uint8Array;
}

/** A state that can't encrypt before it has received what begins a chain with a new key of ours. */
export function withoutSending(state: RatchetState): RatchetState {
  return { ...state, sending: undefined };
}

/** All secrets in a state. */
function secretsOf(state: RatchetState): Uint8Array[] {
  return [
    state.dhKeyPair.privateKey,
    state.kem?.privateKey,
    state.rootKey,
    state.sending?.chainKey,
    state.sending?.headerKey,
    state.receiving?.chainKey,
    state.receiving?.headerKey,
    state.nextSendHeaderKey,
    state.nextReceiveHeaderKey,
  ].filter((secret) => secret !== undefined);
}

/**
 * Overwrites the keys of a state that the states after it no longer have. To be called only once those are
 * stored: until then, `previous` is what a failed commit goes back to.
 */
export function wipeSpent(previous: RatchetState, ...next: readonly RatchetState[]): void {
  const kept = new Set(next.flatMap(secretsOf));
  for (const secret of secretsOf(previous)) if (!kept.has(secret)) wipe(secret);
}

/** Overwrites all keys of states: of copies, once what they were copied from or to is what counts. */
export function wipeStates(...states: readonly RatchetState[]): void {
  for (const state of states) wipe(...secretsOf(state));
}
