import { encode } from "../../bytes/index.ts";
import type { ConnectionId } from "../api.ts";
import type { CleanUpStep } from "../clean-up.ts";
import { connectionId } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { proposeRatchet } from "./propose-ratchet.ts";
import { isUnderWay, syncAgeMs } from "./sync-state.ts";

/** Peers that answered are there; that they have the new ratchet in use shows so soon, in milliseconds. */
const inUseMs = 3_600_000;
/** So long after our keys for a new ratchet a peer that sends has had them, in milliseconds. */
const answeredMs = 24 * 3_600_000;

/**
 * The peer sends, long after our keys for a new ratchet, what no ratchet of ours can decrypt: it has answered, and uses
 * a ratchet that we do not know. Its answer was lost, or came to a copy of this store. So the agreement begins anew.
 * @param relayTimeMs when the relay took the message, in milliseconds since the Unix epoch
 * @returns whether that was so
 */
export function missedAgreement(work: Work, connection: Connection, relayTimeMs: number): boolean {
  if (!isUnderWay(connection.sync) || connection.suspended) return false;
  if (syncAgeMs(work, connection, relayTimeMs) < answeredMs) return false;
  proposeRatchet(work, connection);
  return true;
}

/** How many agreements are looked at in one transaction: new keys take some milliseconds each. */
const pageSize = 20;

/**
 * Begins agreements anew which we began, which the peer has answered, and which have led to nothing: it may have
 * answered keys that were sent before the last ones, and refused those, as it does while it has answered. Each time
 * it does the other of both.
 */
export function beginAnew(after?: ConnectionId): CleanUpStep {
  return (work) => {
    const range = after === undefined ? { limit: pageSize } : { limit: pageSize, after };
    const rows = tables.syncSince.range(work.transaction, range);
    for (const { key: id, value: since } of rows) {
      if (work.nowMs - since < inUseMs) continue;
      const connection = work.find(id);
      if (connection?.sync !== "agreed" || connection.suspended || connection.deleting === "now") continue;
      const prefix = encode(connectionId, id);
      if (tables.ratchetKeys.count(work.transaction, { prefix }) > 0) proposeRatchet(work, connection);
    }
    const last = rows.at(-1);
    return rows.length < pageSize || last === undefined ? undefined : beginAnew(last.key);
  };
}
