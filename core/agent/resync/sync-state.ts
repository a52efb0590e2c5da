import type { RatchetErrorCode } from "../../ratchet/ratchet.ts";
import type { RatchetSync } from "../api.ts";
import { deliveryTimeoutMs } from "../deliver/timeout.ts";
import type { AgentError } from "../errors.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

/** Whether a message that can't be decrypted means that the ratchets may, or do, differ. */
export function syncAfter(code: RatchetErrorCode): "allowed" | "required" | undefined {
  switch (code) {
    case "DECRYPT_AES":
    case "RATCHET_EARLIER":
    case "A_DUPLICATE":
      return "allowed";
    case "RATCHET_HEADER":
    case "RATCHET_SKIPPED":
      return "required";
    default:
      return undefined;
  }
}

/**
 * Whether nothing can come any more of an agreement that is under way: what was sent for it is at no relay any more, and
 * the peer may have been away for as long. Only then can it begin anew without being mistaken for the one before.
 */
export function isOverdue(work: Work, connection: Connection): boolean {
  return isUnderWay(connection.sync) && syncAgeMs(work, connection) >= deliveryTimeoutMs;
}

/** Whether a new ratchet is being agreed on: until then nothing else is sent. */
export function isUnderWay(sync: RatchetSync): boolean {
  return sync === "started" || sync === "agreed";
}

/** How long the agreement on a new ratchet has been where it is, in milliseconds. @param atMs since the Unix epoch */
export function syncAgeMs(work: Work, { id }: Connection, atMs = work.nowMs): number {
  return atMs - (tables.syncSince.get(work.transaction, id) ?? 0);
}

/** Changes the state of the ratchet's agreement and tells of it. Keys that were sent for it are kept until it is over. */
export function setSync(
  work: Work,
  connection: Connection,
  state: RatchetSync,
  error: AgentError | undefined,
): Connection {
  if (connection.sync === state) return work.put(connection);
  const { id, profile } = connection;
  const changed = work.put({ ...connection, sync: state });
  tables.syncSince.put(work.transaction, id, Math.max(0, Math.floor(work.nowMs)));
  if (!isUnderWay(state)) tables.ratchetKeys.delete(work.transaction, id);
  work.emit({ type: "ratchetSync", profile, connection: id, state, fault: error?.fault });
  return changed;
}
