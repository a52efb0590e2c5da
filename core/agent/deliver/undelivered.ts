import { decode, encode } from "../../bytes/index.ts";
import type { ConnectionId, MessageId } from "../api.ts";
import { AgentError } from "../errors.ts";
import { aMessage } from "../messages/agent-message.ts";
import type { RelayFault } from "../network/relay-fault.ts";
import { sameQueue } from "../queues/queue-address.ts";
import { setSync } from "../resync/sync-state.ts";
import { queuesEnded } from "../rotation/fast-send.ts";
import { forgetUnusedAdded } from "../rotation/receive-side.ts";
import { connectionId } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import type { OutboxItem, OutboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { deleteWhenEmpty } from "./delivered.ts";
import type { NextDelivery } from "./next-delivery.ts";
import { deliveryTimeoutMs } from "./timeout.ts";

/** What to do after a failed attempt: go on with the next item, or try this one again after a short or long while. */
export type AfterFailure = "next" | "retry" | "retryLater";

/** An attempt to send an item failed; gives up on it where trying again is no use. */
export function itemFailed(work: Work, next: NextDelivery, fault: RelayFault): AfterFailure {
  const { key, item } = next;
  const connection = work.find(next.connection.id);
  if (connection === undefined || tables.outbox.get(work.transaction, key) === undefined) return "next";
  const full = fault.error?.type === "QUOTA";
  const switching = switchingOf(connection, next);
  if (switching === "replaced") return "next";
  if (!full && !fault.temporary && !fault.host && switching !== "redundant") {
    const prefix = encode(connectionId, connection.id);
    // What waits for a new ratchet, of which the peer can't be told, would wait for ever.
    const rows =
      item.kind === "ratchetKey" ? tables.outbox.range(work.transaction, { prefix }) : [{ key, value: item }];
    giveUp(work, connection, rows, fault);
    return "next";
  }
  if (work.nowMs - item.createdMs >= deliveryTimeoutMs) {
    giveUp(work, connection, expiredItems(work, connection), new AgentError("EXPIRED", fault.code));
    return "next";
  }
  if (item.id > 0 && (full || fault.host)) {
    work.emit({
      type: "warning",
      profile: connection.profile,
      connection: connection.id,
      id: item.id,
      fault: fault.fault,
    });
  }
  return full ? "retryLater" : "retry";
}

/** Whether the queue that refused an item is being replaced, or has been: then the new one gets the item. */
function switchingOf(
  { send }: Connection,
  { item, queue: { id } }: NextDelivery,
): "none" | "redundant" | "replaced" {
  if (item.queue !== undefined) return "none";
  const queue = send.find((one) => one.id === id);
  if (queue === undefined || !queue.primary) return "replaced";
  return queue.switching === "redundant" ? "redundant" : "none";
}

/** The peer will not have our keys: with the ratchet as it was before it goes on, unless there is a new one already. */
function ratchetKeyGivenUp(work: Work, id: ConnectionId, error: AgentError): void {
  const connection = work.find(id);
  if (connection?.sync !== "started" && connection?.sync !== "agreed") return;
  setSync(work, connection, connection.sync === "agreed" ? "required" : "allowed", error);
  work.follow.deliver.add(id);
}

/** An item of an outbox, and where it stands. */
export interface OutboxRow {
  readonly key: OutboxKey;
  readonly value: OutboxItem;
}

function expiredItems(work: Work, { id }: Connection): readonly OutboxRow[] {
  const before = work.nowMs - deliveryTimeoutMs;
  return tables.outbox
    .range(work.transaction, { prefix: encode(connectionId, id) })
    .filter(({ value }) => value.createdMs <= before);
}

/** What follows although the peer will not be told. */
function messageGivenUp(work: Work, id: ConnectionId, { content }: OutboxItem): void {
  const connection = work.find(id);
  const message = decode(aMessage, content);
  if (connection === undefined) return;
  if (message.type === "queueEnd") queuesEnded(work, connection, message.queues);
  if (message.type !== "queueAdd") return;
  for (const queue of connection.receive)
    if (message.queues.some(([added]) => sameQueue(added, queue)) && queue.status === "new")
      forgetUnusedAdded(work, connection, queue.id);
}

/** These items will not be delivered: they leave the outbox, and the application is told of its messages among them. */
export function giveUp(
  work: Work,
  connection: Connection,
  rows: readonly OutboxRow[],
  error: AgentError,
): void {
  const ids: MessageId[] = [];
  for (const { key, value } of rows) {
    tables.outbox.delete(work.transaction, key);
    tables.inFlight.delete(work.transaction, key);
    if (value.id > 0) ids.push(value.id);
    else if (value.kind === "ratchetKey") ratchetKeyGivenUp(work, connection.id, error);
    else if (value.kind === "message") messageGivenUp(work, connection.id, value);
  }
  if (ids.length > 0)
    work.emit({
      type: "failed",
      profile: connection.profile,
      connection: connection.id,
      ids,
      fault: error.fault,
    });
  if (ids.length < rows.length) work.emitError(connection, error);
  deleteWhenEmpty(work, connection);
}
