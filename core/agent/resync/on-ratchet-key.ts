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
import { isOverdue, setSync, syncAgeMs } from "./sync-state.ts";

/** Whether keys of the peer have started a ratchet already. */
export function isUsedRatchetKey(work: Work, { id }: Connection, { key1, key2 }: E2eParams): boolean {
  const used = { connection: id, hash: ratchetKeyHash(key1, key2) };
  return tables.usedRatchetKeys.get(work.transaction, used) !== undefined;
}

/**
 * The peer sent keys for a new ratchet: answers with ours, unless they were sent already, and starts it. Whose
 * keys have the higher hash sends first: that it is ready.
 *
 * More keys may come before the new ratchet is in use. If we began, the peer may have answered keys that we sent
 * before our last ones, as from another copy of this store, and then the last ones: that counts. Later it has begun
 * anew itself, and is answered. But two sides that both only answer would do so for ever: if we have answered, it is an
 * error, as the reference has it, and the keys after that are answered again.
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
  const own = ownKeys(work, { ...connection, agentVersion: version }, params.version);
  if (own === undefined) {
    const fault = new AgentError("AGENT A_CRYPTO", "RATCHET_SYNC");
    setSync(work, connection, "required", fault);
    work.emitError(connection, fault);
    return;
  }
  const { keys, answered } = own;
  const { state, sendsFirst } = restartRatchet(work.random, keys, params, answered.postQuantum);
  const restarted = startRatchet(work, answered, state);
  expectOldMessages(work, restarted);
  const agreed = setSync(work, restarted, "agreed", undefined);
  if (sendsFirst)
    work.enqueue(
      agreed,
      { type: "ratchetReady", lastSharedId: agreed.receivedId },
      { notify: true, urgent: true },
    );
}

/** How long both answers of a peer that has found two keys of ours in its queue take to come, in milliseconds. */
const bothAnswersMs = 60_000;

/**
 * The keys that we sent, when those of the peer are the answer to them, sent again when the peer may not have had them;
 * otherwise new ones that are sent now. Undefined when we have answered other keys already.
 */
function ownKeys(
  work: Work,
  connection: Connection,
  version: number,
): { readonly keys: E2eKeys; readonly answered: Connection } | undefined {
  const { id, sync } = connection;
  const overdue = isOverdue(work, connection);
  const hasAgreed = sync === "agreed" && !overdue;
  const sent = sync === "started" || hasAgreed ? tables.ratchetKeys.get(work.transaction, id) : undefined;
  if (sent !== undefined) {
    work.afterwards(() => wipeKeys(sent));
    if (!hasAgreed || syncAgeMs(work, connection) < bothAnswersMs) {
      if (!overdue) return { keys: sent, answered: connection };
      const params = e2eParamsOf(sent, ratchetVersions.max);
      return { keys: sent, answered: enqueueRatchetKey(work, connection, params) };
    }
  } else if (hasAgreed) return undefined;
  tables.ratchetKeys.delete(work.transaction, id);
  const { keys, params } = restartKeys(work.random, version, connection.postQuantum);
  work.afterwards(() => wipeKeys(keys));
  // An agreement that is made again is told again, and counts from now on.
  const again = { ...connection, sync: sync === "agreed" ? "required" : sync };
  return { keys, answered: enqueueRatchetKey(work, again, params) };
}
