import { encode } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import { wipe } from "../../crypto/wipe.ts";
import {
  type Decrypted,
  decrypt,
  encrypt,
  expiredSkippedKeys,
  noSkippedKeys,
  type RatchetError,
  type RatchetState,
  type SkippedKey,
  type SkippedKeyChanges,
  skippedKeysOf,
  wipeStates,
} from "../../ratchet/ratchet.ts";
import { AgentError } from "../errors.ts";
import { connectionId } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import { type StoredSkippedKey, tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

/**
 * The ratchet of a connection: a copy, which is wiped after the commit.
 * @throws AgentError `CMD PROHIBITED` when the connection has none yet
 */
export function ratchetOf(work: Work, connection: Connection): RatchetState {
  const state = tables.ratchets.get(work.transaction, connection.id);
  if (state === undefined) throw new AgentError("CMD PROHIBITED", "connection has no ratchet");
  work.afterwards(() => wipeStates(state));
  return state;
}

/** Puts a new ratchet in the place of the one before, whose skipped keys go with it. */
export function startRatchet(work: Work, connection: Connection, state: RatchetState): Connection {
  tables.ratchets.put(work.transaction, connection.id, state);
  work.afterwards(() => wipeStates(state));
  if (connection.skipped > 0) {
    for (const { key } of skippedRows(work, connection)) tables.skippedKeys.delete(work.transaction, key);
  }
  return work.put({ ...connection, generation: connection.generation + 1, skipped: 0 });
}

/** Encrypts with the ratchet of a connection and stores its new state. */
export function encryptWithRatchet(
  work: Work,
  connection: Connection,
  ratchet: RatchetState,
  plaintext: Uint8Array,
  paddedLength: number,
): { readonly encrypted: Uint8Array; readonly state: RatchetState } {
  const { state, message } = encrypt(ratchet, plaintext, paddedLength, {
    pq: connection.wantsPostQuantum,
  });
  tables.ratchets.put(work.transaction, connection.id, state);
  work.afterwards(() => wipeStates(state));
  return { encrypted: message, state };
}

/**
 * Decrypts without storing anything; `storeDecrypted` does that.
 * @throws RatchetError for every message that can't be decrypted
 */
export function decryptWithRatchet(
  work: Work,
  connection: Connection,
  state: RatchetState,
  message: Uint8Array,
): Decrypted {
  const skipped =
    connection.skipped === 0
      ? noSkippedKeys
      : skippedKeysOf(skippedRows(work, connection).map(({ value }) => value.key));
  return decrypt(state, skipped, message, work.random);
}

/** Stores the ratchet as it is after a message. Returns the connection with the changes that belong to it. */
export function storeDecrypted(
  work: Work,
  connection: Connection,
  { state, skipped }: Decrypted,
): Connection {
  tables.ratchets.put(work.transaction, connection.id, state);
  work.afterwards(() => {
    wipeStates(state);
    for (const { messageKey } of skipped.added) wipe(messageKey.key);
    if (skipped.removed !== undefined) wipe(skipped.removed.messageKey.key);
  });
  const count = storeSkipped(work, connection, skipped);
  return { ...connection, skipped: count, receivedPostQuantum: state.receivesPq };
}

function skippedRows(work: Work, { id }: Connection) {
  return tables.skippedKeys.range(work.transaction, { prefix: encode(connectionId, id).slice() });
}

function sameSkippedKey(a: SkippedKey, b: SkippedKey): boolean {
  return a.number === b.number && a.headerKey.every((byte, i) => byte === b.headerKey[i]);
}

/** Stores changes of the skipped keys, and deletes those that are too old or too many. Returns how many there are. */
function storeSkipped(work: Work, connection: Connection, { added, removed }: SkippedKeyChanges): number {
  if (added.length === 0 && connection.skipped === 0) return 0;
  const rows = skippedRows(work, connection);
  const gone = removed === undefined ? [] : rows.filter(({ value }) => sameSkippedKey(value.key, removed));
  let number = (rows.at(-1)?.key.number ?? 0) + 1;
  const storedAt = Math.max(0, Math.floor(work.nowMs / 1000));
  for (const key of added) {
    tables.skippedKeys.put(
      work.transaction,
      { connection: connection.id, number: number++ },
      { storedAt, key },
    );
  }
  const kept = rows.filter((row) => !gone.includes(row));
  const aged = kept.map(({ key, value }) => ({ key, storedAt: value.storedAt }));
  const fresh = added.map((): { key: undefined; storedAt: StoredSkippedKey["storedAt"] } => ({
    key: undefined,
    storedAt,
  }));
  const expired = expiredSkippedKeys<{ key: (typeof aged)[number]["key"] | undefined; storedAt: number }>(
    [...aged, ...fresh],
    storedAt,
  );
  for (const { key } of [...gone, ...expired])
    if (key !== undefined) tables.skippedKeys.delete(work.transaction, key);
  return kept.length + added.length - expired.length;
}

const seenMax = 1_000;

/** Notes the hash of a ciphertext that was taken, so that it is known when it comes again. */
export function noteSeen(work: Work, connection: Connection, message: Uint8Array): Connection {
  tables.seen.put(
    work.transaction,
    { connection: connection.id, number: connection.seen % seenMax },
    sha256(message),
  );
  return { ...connection, seen: connection.seen + 1 };
}

/** Whether this very ciphertext was taken before. */
export function wasSeen(work: Work, connection: Connection, message: Uint8Array): boolean {
  const hash = sha256(message);
  return tables.seen
    .range(work.transaction, { prefix: encode(connectionId, connection.id).slice() })
    .some(({ value }) => value.every((byte, i) => byte === hash[i]));
}

/** The fault that a message which can't be decrypted is reported as. */
export function ratchetFault(error: RatchetError): AgentError {
  const code =
    error.code === "A_DUPLICATE"
      ? "AGENT A_DUPLICATE"
      : error.code === "A_MESSAGE"
        ? "AGENT A_MESSAGE"
        : "AGENT A_CRYPTO";
  return new AgentError(code, error.code, { cause: error });
}
