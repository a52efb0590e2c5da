import { encode } from "../../bytes/index.ts";
import { type E2eParams, ratchetVersions, restartKeys, wipeKeys } from "../../ratchet/ratchet.ts";
import { agentMessage } from "../messages/agent-message.ts";
import { agentEnvelope } from "../messages/envelope.ts";
import type { Connection } from "../state/connection-record.ts";
import { type OutboxKey, outboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { setSync } from "./sync-state.ts";

/** Length of the number at the end of an `OutboxKey`, in bytes. */
const sequenceLength = 8;

/** Sends the peer new keys for a ratchet, in place of any that were sent before. */
export function proposeRatchet(work: Work, connection: Connection): void {
  const { keys, params } = restartKeys(work.random, ratchetVersions.max, connection.postQuantum);
  tables.ratchetKeys.put(work.transaction, connection.id, keys);
  work.afterwards(() => wipeKeys(keys));
  const sending = enqueueRatchetKey(work, connection, params);
  // Also when it was so before: from now on it is another one.
  setSync(work, { ...sending, sync: "ok" }, "started", undefined);
}

/**
 * Sends our keys for a new ratchet, before all else: keys that wait to be sent are replaced, and a word about the
 * agreement before, which only the new ratchet can encrypt, goes after them.
 */
export function enqueueRatchetKey(work: Work, connection: Connection, params: E2eParams): Connection {
  const content = encode(agentEnvelope, {
    type: "ratchetKey",
    agentVersion: work.host.agentVersions.max,
    ratchet: params,
    info: encode(agentMessage, { type: "ratchetInfo", info: new Uint8Array(0) }),
  });
  const late = takeUrgent(work, connection).filter(({ item }) => item.kind === "message");
  const { connection: sending } = work.enqueueItem(
    connection,
    { kind: "ratchetKey", content, ratchetParams: undefined },
    { notify: true, urgent: true },
  );
  late.forEach(({ item, ready }, i) => {
    const key: OutboxKey = { connection: sending.id, order: "urgent", sequence: sending.lastId + 1 + i };
    tables.outbox.put(work.transaction, key, item);
    // It keeps the number that it may have been sent with.
    if (ready !== undefined) tables.inFlight.put(work.transaction, key, ready);
  });
  return work.put({ ...sending, lastId: sending.lastId + late.length });
}

/** Takes what is urgent out of the outbox, encrypted or not. */
function takeUrgent({ transaction }: Work, { id }: Connection) {
  const first: OutboxKey = { connection: id, order: "urgent", sequence: 0 };
  const prefix = encode(outboxKey, first).subarray(0, -sequenceLength);
  return tables.outbox.range(transaction, { prefix }).map(({ key, value: item }) => {
    const ready = tables.inFlight.get(transaction, key);
    tables.outbox.delete(transaction, key);
    tables.inFlight.delete(transaction, key);
    return { item, ready };
  });
}
