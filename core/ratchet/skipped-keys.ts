import { equalBytes } from "../bytes/index.ts";
import { constantTimeEqual } from "../crypto/equal.ts";
import type { MessageKey } from "./kdf.ts";

/** The key of a message that has not arrived, though later ones have. */
export interface SkippedKey {
  /** 32 bytes: the key of the header of all messages of its chain. */
  readonly headerKey: Uint8Array;
  /** The number of the message in its chain. */
  readonly number: number;
  readonly messageKey: MessageKey;
}

/** How the skipped keys of a ratchet change when a message is decrypted. Almost always: not at all. */
export interface SkippedKeyChanges {
  readonly added: readonly SkippedKey[];
  readonly removed: SkippedKey | undefined;
}

/** The skipped keys of a ratchet, wherever they are stored. */
export interface SkippedKeys {
  /** The header keys of the chains that have skipped keys, each once. */
  headerKeys(): Iterable<Uint8Array>;
  /** The key of a message, if it was skipped. */
  find(headerKey: Uint8Array, number: number): SkippedKey | undefined;
}

/** Most messages that may be missing in a row ("SkipMessageKeysHE"). */
export const skippedInRowMax = 512;

/** Most skipped keys that are kept for one ratchet: four rows. Beyond it the oldest go. */
export const skippedKeysMax = 4 * skippedInRowMax;

/**
 * How long a skipped key is kept, in seconds. Relays keep messages for 21 days, so that what has not come a
 * while after that never will.
 */
export const skippedKeyLifetimeSeconds = 30 * 24 * 60 * 60;

/** Skipped keys in a list. */
export function skippedKeysOf(keys: readonly SkippedKey[]): SkippedKeys {
  return {
    headerKeys() {
      const distinct: Uint8Array[] = [];
      for (const { headerKey } of keys) {
        if (!distinct.some((one) => equalBytes(one, headerKey))) distinct.push(headerKey);
      }
      return distinct;
    },
    find: (headerKey, number) => keys.find((key) => isSkippedKeyOf(key, headerKey, number)),
  };
}

/** No skipped keys. */
export const noSkippedKeys: SkippedKeys = skippedKeysOf([]);

/** A list of skipped keys after a message was decrypted. */
export function applySkippedKeyChanges(
  keys: readonly SkippedKey[],
  { added, removed }: SkippedKeyChanges,
): readonly SkippedKey[] {
  const kept =
    removed === undefined
      ? keys
      : keys.filter((key) => !isSkippedKeyOf(key, removed.headerKey, removed.number));
  return added.length === 0 ? kept : [...kept, ...added];
}

function isSkippedKeyOf(key: SkippedKey, headerKey: Uint8Array, number: number): boolean {
  return key.number === number && constantTimeEqual(key.headerKey, headerKey);
}

/** When a stored skipped key was skipped. */
export interface StoredAt {
  /** Seconds since the Unix epoch. */
  readonly storedAt: number;
}

/**
 * Those of the stored skipped keys of one ratchet that are to be deleted: too old, or too many.
 * @param keys in the order in which they were stored, which the clock need not tell
 */
export function expiredSkippedKeys<T extends StoredAt>(keys: readonly T[], now: number): readonly T[] {
  const tooMany = keys.length - skippedKeysMax;
  return keys.filter(({ storedAt }, i) => i < tooMany || storedAt + skippedKeyLifetimeSeconds < now);
}
