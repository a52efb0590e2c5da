import { encode } from "../../bytes/index.ts";
import type { QueueName } from "../queues/queue-address.ts";
import { sameQueue } from "../queues/queue-address.ts";
import { connectionId } from "../state/codecs.ts";
import { type Connection, withSendQueue } from "../state/connection-record.ts";
import type { SendQueue } from "../state/queue-records.ts";
import type { OutboxItem, OutboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

/** Begins to secure a queue that the peer added ("Fast queue rotation"): until that is done, all goes to both queues. */
export function startSecuring(
  work: Work,
  connection: Connection,
  added: SendQueue,
  replaced: SendQueue,
): void {
  const { id, profile } = connection;
  const send = [...connection.send, { ...added, primary: false, replaces: replaced.id }];
  work.put(
    withSendQueue({ ...connection, lastQueueId: added.id, send }, replaced.id, { switching: "securing" }),
  );
  work.addTask(id, { type: "confirmAdded", queue: added.id });
  work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "started" });
}

/** Whether what a queue is sent has to go to another one as well, or instead. */
export function isReplaced({ send }: Connection, queueId: number): boolean {
  const switching = send.find(({ id }) => id === queueId)?.switching;
  return switching === "securing" || switching === "sendingEnd";
}

/**
 * Keeps what was delivered to a queue that is being replaced. As long as the new one is being secured, it is set
 * aside; afterwards it stays in the outbox, from where it goes to the new one. The recipient drops what it has.
 */
export function keepCopy(
  work: Work,
  { send }: Connection,
  queueId: number,
  key: OutboxKey,
  item: OutboxItem,
): void {
  const copy = { ...item, copy: true };
  if (send.find(({ id }) => id === queueId)?.switching === "sendingEnd") {
    tables.outbox.put(work.transaction, key, copy);
    return;
  }
  tables.outbox.delete(work.transaction, key);
  tables.held.put(work.transaction, key, copy);
}

/** The added queue is secured and confirmed: all goes to it from now on, first what was set aside, and the end of the other. */
export function addedQueueConfirmed(work: Work, connection: Connection, queueId: number): void {
  const queue = connection.send.find(({ id }) => id === queueId);
  const replaced = connection.send.find(({ id }) => id === queue?.replaces);
  if (queue === undefined || replaced?.switching !== "securing") return;
  const { id, profile } = connection;
  const taken = withSendQueue(connection, queueId, { status: "active", primary: true, replaces: undefined });
  const ending = withSendQueue(taken, replaced.id, { primary: false, switching: "sendingEnd" });
  for (const { key, value } of tables.held.range(work.transaction, { prefix: encode(connectionId, id) })) {
    tables.held.delete(work.transaction, key);
    tables.outbox.put(work.transaction, key, value);
  }
  const { relay, senderId } = replaced;
  work.enqueue(ending, { type: "queueEnd", queue: { relay, senderId } });
  work.follow.retry.add(id);
  work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "secured" });
}

/** The added queue can't be used: all goes on as before. */
export function abandonAdded(work: Work, connection: Connection, queueId: number): void {
  const added = connection.send.find(({ id }) => id === queueId);
  if (added?.replaces === undefined) return;
  for (const { key } of tables.held.range(work.transaction, {
    prefix: encode(connectionId, connection.id),
  })) {
    tables.held.delete(work.transaction, key);
    tables.inFlight.delete(work.transaction, key);
  }
  const send = connection.send.filter((queue) => queue !== added);
  work.put(withSendQueue({ ...connection, send }, added.replaces, { switching: "none" }));
}

/** The peer's relay has the end of a queue: it is forgotten, unless it is the only one. */
export function queueEndDelivered(work: Work, connection: Connection, name: QueueName): void {
  const { id, profile } = connection;
  const send = connection.send.filter((queue) => !sameQueue(queue, name));
  if (send.length === 0 || send.length === connection.send.length) return;
  work.put({ ...connection, send });
  work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "completed" });
}
