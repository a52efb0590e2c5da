import { decode, encode, utf8Decode, utf8Encode } from "../../bytes/index.ts";
import type { Random } from "../../crypto/random.ts";
import { reproducible } from "../../testing/fuzz.ts";
import {
  acceptRatchet,
  applySkippedKeyChanges,
  decrypt,
  type EncryptOptions,
  e2eParamsOfVersion,
  encrypt,
  invitationKeys,
  joinRatchet,
  type RatchetState,
  ratchetStateStorage,
  type SkippedKey,
  skippedKeysOf,
} from "../ratchet.ts";

/** Padded length of the plaintexts of tests, in bytes. */
const paddedLength = 100;

/** A random source that gives the same bytes for the same seed; for tests only. */
export function seededRandom(seed: number): Random {
  const next = reproducible(seed);
  return (length) => Uint8Array.from({ length }, () => next() >>> 8);
}

/** One side of a conversation, which stores its ratchet after every message as an agent does. */
export class Party {
  readonly #random: Random;
  #stored: Uint8Array;
  skipped: readonly SkippedKey[] = [];

  constructor(state: RatchetState, random: Random) {
    this.#random = random;
    this.#stored = encode(ratchetStateStorage, state).slice();
  }

  get state(): RatchetState {
    return decode(ratchetStateStorage, this.#stored);
  }

  /** What is stored, to compare. */
  get stored(): Uint8Array {
    return this.#stored;
  }

  send(text: string, options: EncryptOptions = {}): Uint8Array {
    const { state, message } = encrypt(this.state, utf8Encode(text), paddedLength, options);
    this.#stored = encode(ratchetStateStorage, state).slice();
    return message;
  }

  /** @throws RatchetError, and then nothing has changed */
  receive(message: Uint8Array): string {
    const { state, plaintext, skipped } = decrypt(
      this.state,
      skippedKeysOf(this.skipped),
      message,
      this.#random,
    );
    this.#stored = encode(ratchetStateStorage, state).slice();
    this.skipped = applySkippedKeyChanges(this.skipped, skipped);
    return utf8Decode(plaintext);
  }
}

/** How two parties begin. */
export interface Beginning {
  readonly seed?: number;
  readonly version?: number;
  /** Whether the invitation proposes the KEM. */
  readonly invitationPq?: boolean;
  /** Whether the joining side wants it. */
  readonly alicePq?: boolean;
  /** Whether the inviting side wants it. */
  readonly bobPq?: boolean;
}

/** Alice, who joined and sends first, and Bob, who invited her. */
export function twoParties(beginning: Beginning = {}): { readonly alice: Party; readonly bob: Party } {
  const { seed = 1, version = 3, invitationPq = false, alicePq = false, bobPq = false } = beginning;
  const random = seededRandom(seed);
  const invitation = invitationKeys(random, invitationPq);
  const joined = joinRatchet(random, e2eParamsOfVersion(invitation.params, version), alicePq);
  const accepted = acceptRatchet(invitation.keys, joined.params, bobPq);
  return { alice: new Party(joined.state, random), bob: new Party(accepted, random) };
}

/** The same with the KEM from the first message on. */
export const withPq: Beginning = { invitationPq: true, alicePq: true, bobPq: true };
