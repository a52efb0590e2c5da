import { concat, DecodeError, decode, Reader } from "../bytes/index.ts";
import { aesGcm, type Sealed } from "../crypto/aes-gcm.ts";
import { constantTimeEqual } from "../crypto/equal.ts";
import { CryptoError } from "../crypto/errors.ts";
import { wipe } from "../crypto/wipe.ts";
import { type EncryptedHeader, encryptedHeader, encryptedMessage } from "./encrypted-message.ts";
import { RatchetError, type RatchetErrorCode } from "./errors.ts";
import { chainKdf, type MessageKey } from "./kdf.ts";
import type { KeySource } from "./keys.ts";
import { type MessageHeader, messageHeader } from "./message-header.ts";
import {
  type SkippedKey,
  type SkippedKeyChanges,
  type SkippedKeys,
  skippedInRowMax,
} from "./skipped-keys.ts";
import { type RatchetState, type ReceivingChain, wipeSpent } from "./state.ts";
import { ratchetStep } from "./step.ts";
import { ratchetVersions } from "./versions.ts";

/** A decrypted message, and the ratchet after it. */
export interface Decrypted {
  readonly plaintext: Uint8Array;
  readonly state: RatchetState;
  /** To be stored together with `state`. */
  readonly skipped: SkippedKeyChanges;
}

/** A ratchet that has come to a message, with the keys it skipped on the way. */
interface Progress {
  readonly state: RatchetState;
  readonly added: readonly SkippedKey[];
}

const noChanges: SkippedKeyChanges = { added: [], removed: undefined };

/**
 * Decrypts a message ("Decrypting messages", RatchetDecryptPQ2HE) with keys from `source`.
 * @throws RatchetError for every message that can't be decrypted, and nothing else
 */
export function decryptWith(
  source: KeySource,
  state: RatchetState,
  skipped: SkippedKeys,
  message: Uint8Array,
): Decrypted {
  // The header of a message says its own version; the version given here only matters for writing.
  const { header: encodedHeader, sealed } = translated("A_MESSAGE", () =>
    decode(encryptedMessage(ratchetVersions.max), message),
  );
  const sealedHeader = translated("A_MESSAGE", () => decode(encryptedHeader, encodedHeader));
  const { header, headerKey, chain } = openHeader(state, skipped, sealedHeader);
  const body = { sealed, associatedData: concat(state.associatedData, encodedHeader) };

  const removed = skipped.find(headerKey, header.number);
  if (removed !== undefined) {
    return { plaintext: openBody(removed.messageKey, body), state, skipped: { added: [], removed } };
  }
  const arrived = arriveAt(state, chain, header, source);
  const { receiving, receiveNumber } = arrived.state;
  if (receiving === undefined) throw new RatchetError("RATCHET_STATE", "cannot decrypt: there is no chain");
  const { chainKey, messageKey } = chainKdf(receiving.chainKey);
  const next = {
    ...arrived.state,
    receiving: { ...receiving, chainKey },
    receiveNumber: receiveNumber + 1,
  };
  let kept = [state];
  try {
    const plaintext = openBody(messageKey, body);
    kept = [state, next];
    const skipped = arrived.added.length === 0 ? noChanges : { added: arrived.added, removed: undefined };
    return { plaintext, state: next, skipped };
  } finally {
    wipe(messageKey.key);
    for (const passed of [arrived.state, next]) wipeSpent(passed, ...kept);
  }
}

/** The chain that a header key is of: the one we receive in, the next, or one before. */
interface KnownHeaderKey {
  readonly headerKey: Uint8Array;
  readonly chain: "current" | "next" | "earlier";
}

/** Decrypts the header with whichever header key fits. */
function openHeader(
  state: RatchetState,
  skipped: SkippedKeys,
  { version, iv, sealed }: EncryptedHeader,
): KnownHeaderKey & { readonly header: MessageHeader } {
  for (const known of headerKeys(state, skipped)) {
    const encoded = tryOpen(known.headerKey, iv, state.associatedData, sealed);
    if (encoded === undefined) continue;
    // Bytes after the header are left alone: later versions may have more to say.
    const header = translated("A_MESSAGE", () => messageHeader(version).decode(new Reader(encoded)));
    return { ...known, header };
  }
  throw new RatchetError("RATCHET_HEADER", "cannot decrypt: no header key is that of the message");
}

/** All header keys a message may have, the likeliest first. */
function* headerKeys(state: RatchetState, skipped: SkippedKeys): Iterable<KnownHeaderKey> {
  const current = state.receiving?.headerKey;
  if (current !== undefined) yield { headerKey: current, chain: "current" };
  yield { headerKey: state.nextReceiveHeaderKey, chain: "next" };
  for (const headerKey of skipped.headerKeys()) {
    if (current === undefined || !constantTimeEqual(headerKey, current))
      yield { headerKey, chain: "earlier" };
  }
}

function tryOpen(
  key: Uint8Array,
  iv: Uint8Array,
  associatedData: Uint8Array,
  sealed: Sealed,
): Uint8Array | undefined {
  try {
    return aesGcm.openPadded(key, iv, associatedData, sealed);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function openBody(
  { key, iv }: MessageKey,
  body: { readonly sealed: Sealed; readonly associatedData: Uint8Array },
): Uint8Array {
  return translated("DECRYPT_AES", () => aesGcm.openPadded(key, iv, body.associatedData, body.sealed));
}

/** Takes the ratchet to the message: a step where its header has a new key, and over the messages missing. */
function arriveAt(
  state: RatchetState,
  chain: KnownHeaderKey["chain"],
  header: MessageHeader,
  source: KeySource,
): Progress {
  const upgraded = upgrade(state, header.maxVersion);
  if (chain === "current") return skipTo(upgraded, header.number);
  if (chain === "earlier") {
    throw new RatchetError(
      "RATCHET_EARLIER",
      "cannot decrypt: message is of an earlier chain, and has no key",
    );
  }
  const finished = skipTo(upgraded, header.previousCount);
  const stepped = translated("RATCHET_HEADER", () => ratchetStep(finished.state, header, source));
  const arrived = skipTo(stepped, header.number);
  wipeSpent(finished.state, state, stepped);
  wipeSpent(stepped, state, arrived.state);
  return { state: arrived.state, added: [...finished.added, ...arrived.added] };
}

/** Raises our version to the highest that both sides speak. */
function upgrade(state: RatchetState, peerMaxVersion: number): RatchetState {
  const currentVersion = Math.max(state.currentVersion, Math.min(peerMaxVersion, state.maxVersion));
  return currentVersion === state.currentVersion ? state : { ...state, currentVersion };
}

/** Takes the receiving chain up to a message, and keeps the keys of those before it ("SkipMessageKeysHE"). */
function skipTo(state: RatchetState, number: number): Progress {
  const { receiving, receiveNumber } = state;
  if (receiving === undefined || number === receiveNumber) return { state, added: [] };
  requireWithinReach(receiveNumber, number);
  const added: SkippedKey[] = [];
  let chain: ReceivingChain = receiving;
  for (let n = receiveNumber; n < number; n++) {
    const { chainKey, messageKey } = chainKdf(chain.chainKey);
    added.push({ headerKey: chain.headerKey, number: n, messageKey });
    if (chain !== receiving) wipe(chain.chainKey);
    chain = { ...chain, chainKey };
  }
  return { state: { ...state, receiving: chain, receiveNumber: number }, added };
}

function requireWithinReach(next: number, number: number): void {
  if (number === next - 1) {
    throw new RatchetError("A_DUPLICATE", "cannot decrypt: message was decrypted already");
  }
  if (number < next) {
    const count = next - 1 - number;
    throw new RatchetError("RATCHET_EARLIER", `cannot decrypt: message is ${count} before the last`, {
      count,
    });
  }
  if (number > next + skippedInRowMax) {
    const count = number + 1 - next;
    throw new RatchetError("RATCHET_SKIPPED", `cannot decrypt: message is ${count} after the last`, {
      count,
    });
  }
}

/** Gives errors of decoding and of crypto the name that they have in the ratchet. */
function translated<T>(code: RatchetErrorCode, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof DecodeError || error instanceof CryptoError) {
      throw new RatchetError(code, error.message, { cause: error });
    }
    throw error;
  }
}
