import { wipe } from "../../crypto/wipe.ts";
import {
  type Decrypted,
  decrypt,
  encrypt,
  noSkippedKeys,
  type RatchetState,
  skippedKeysOf,
  wipeStates,
} from "../../ratchet/ratchet.ts";
import { AgentError } from "../errors.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { skippedRows, storeSkipped } from "./skipped-keys.ts";

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
    for (const { key } of skippedRows(work, connection.id)) tables.skippedKeys.delete(work.transaction, key);
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
      : skippedKeysOf(skippedRows(work, connection.id).map(({ value }) => value.key));
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
