import { e2eParamsOf } from "../../ratchet/keys.ts";
import {
  type E2eKeys,
  type E2eParams,
  ratchetKeyHash,
  ratchetVersions,
  restartKeys,
  restartRatchet,
  wipeKeys,
} from "../../ratchet/ratchet.ts";
import { AgentError } from "../errors.ts";
import { startRatchet } from "../ratchet/ratchet-store.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { expectOldMessages } from "./old-messages.ts";
import { enqueueRatchetKey } from "./propose-ratchet.ts";
import { isOverdue, setSync } from "./sync-state.ts";

/** Whether keys of the peer have started a ratchet already. */
export function isUsedRatchetKey(work: Work, { id }: Connection, { key1, key2 }: E2eParams): boolean {
  const used = { connection: id, hash: ratchetKeyHash(key1, key2) };
  return tables.usedRatchetKeys.get(work.transaction, used) !== undefined;
}

/**
 * The peer sent keys for a new ratchet: answers with ours, unless they were sent already, and starts it. Whose
 * keys have the higher hash sends first: that it is ready.
 *
 * More keys may come before the new ratchet is in use: the peer may have answered keys that we sent before the last
 * ones, or may be another copy of itself that was restored and knows nothing of the first. So who began goes on with
 * the keys sent last, and who answered answers again.
 */
export function onRatchetKey(
  work: Work,
  connection: Connection,
  agentVersion: number,
  params: E2eParams,
): void {
  const { id } = connection;
  if (connection.send.length === 0)
    throw new AgentError("AGENT A_QUEUE", "ratchet key before the connection");
  if (params.version < ratchetVersions.min || params.version > ratchetVersions.max)
    throw new AgentError("AGENT A_VERSION", `ratchet version ${params.version}`);
  if (isUsedRatchetKey(work, connection, params)) {
    work.put(connection);
    return;
  }
  const used = { connection: id, hash: ratchetKeyHash(params.key1, params.key2) };
  tables.usedRatchetKeys.put(work.transaction, used, new Uint8Array(0));
  const version = Math.max(connection.agentVersion, Math.min(agentVersion, work.host.agentVersions.max));
  const { keys, answered } = ownKeys(work, { ...connection, agentVersion: version }, params.version);
  const { state, sendsFirst } = restartRatchet(work.random, keys, params, answered.postQuantum);
  const restarted = startRatchet(work, answered, state);
  expectOldMessages(work, restarted);
  work.afterwards(() => wipeKeys(keys));
  const agreed = setSync(work, restarted, "agreed", undefined);
  if (sendsFirst)
    work.enqueue(
      agreed,
      { type: "ratchetReady", lastSharedId: agreed.receivedId },
      { notify: true, urgent: true },
    );
}

/** The keys that we sent, sent again when the peer may not have had them; or new ones that are sent now. */
function ownKeys(
  work: Work,
  connection: Connection,
  version: number,
): { readonly keys: E2eKeys; readonly answered: Connection } {
  const { id, sync } = connection;
  const overdue = isOverdue(work, connection);
  if (sync === "started" || (sync === "agreed" && !overdue)) {
    const keys = tables.ratchetKeys.get(work.transaction, id);
    if (keys !== undefined && !overdue) return { keys, answered: connection };
    if (keys !== undefined)
      return { keys, answered: enqueueRatchetKey(work, connection, e2eParamsOf(keys, ratchetVersions.max)) };
  }
  tables.ratchetKeys.delete(work.transaction, id);
  const { keys, params } = restartKeys(work.random, version, connection.postQuantum);
  // An agreement that is made again is told again, and counts from now on.
  const again = { ...connection, sync: sync === "agreed" ? "required" : sync };
  return { keys, answered: enqueueRatchetKey(work, again, params) };
}
