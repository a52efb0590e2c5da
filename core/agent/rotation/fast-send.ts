import type { AgentError } from "../errors.ts";
import { type QueueName, sameQueue } from "../queues/queue-address.ts";
import { type Connection, withSendQueue } from "../state/connection-record.ts";
import type { SendQueue } from "../state/queue-records.ts";
import type { Work } from "../state/work.ts";
import { copyInFlight, dropConfirmations, dropCopies } from "./copies.ts";

/**
 * The peer added a queue in place of another one, and both sides do it the fast way ("Fast queue rotation"): from
 * now on all is sent to both, and the new queue is secured meanwhile.
 * @param connection with `added` among its queues
 */
export function startRedundantDelivery(
  work: Work,
  connection: Connection,
  added: SendQueue,
  replaced: SendQueue,
): void {
  const { id, profile } = work.put(withSendQueue(connection, replaced.id, { switching: "redundant" }));
  copyInFlight(work, connection, added.id);
  work.addTask(id, { type: "takeUpQueue", queue: added.id });
  work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "started" });
}

/**
 * The added queue has all that was sent since it was added: what is new goes there alone. The replaced one still
 * gets what was to be sent by then, and the word that it ends.
 */
export function takeOver(work: Work, connection: Connection, queue: SendQueue): void {
  const replaced = connection.send.find(({ id }) => id === queue.replaces);
  if (replaced?.switching !== "redundant") return;
  const others = connection.send.filter((one) => one !== queue && one !== replaced);
  const moved: Connection = {
    ...connection,
    send: [
      { ...queue, status: "active", primary: true, replaces: undefined },
      ...others,
      { ...replaced, primary: false, switching: "ending" },
    ],
  };
  dropConfirmations(work, moved);
  copyInFlight(work, moved, replaced.id);
  const { relay, senderId } = replaced;
  const { id, profile } = work.enqueue(moved, {
    type: "queueEnd",
    queues: [{ relay, senderId }],
  }).connection;
  work.follow.retry.add(id);
  work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "secured" });
}

/** The peer was told through the new queue that these end, or can't be told. */
export function queuesEnded(work: Work, connection: Connection, names: readonly QueueName[]): void {
  const { id, profile } = connection;
  const ended = connection.send.find(
    (queue) => queue.switching === "ending" && names.some((name) => sameQueue(queue, name)),
  );
  if (ended === undefined) return;
  work.put(withSendQueue(connection, ended.id, { switching: "ended" }));
  work.addTask(id, { type: "endQueue", queue: ended.id });
  work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "completed" });
}

/** Nothing more is sent to a queue. */
export function removeSendQueue(work: Work, connection: Connection, queueId: number): Connection {
  dropCopies(work, connection, queueId);
  return work.put({ ...connection, send: connection.send.filter(({ id }) => id !== queueId) });
}

/** The added queue can't be used: everything goes on as before, and the peer is told to forget it. */
export function abandonAdded(work: Work, connection: Connection, queueId: number, error: AgentError): void {
  const added = connection.send.find(({ id }) => id === queueId);
  const replaced = connection.send.find(({ id }) => id === added?.replaces);
  if (added === undefined || replaced?.switching !== "redundant") return;
  work.emitError(connection, error);
  const kept = removeSendQueue(work, connection, queueId);
  const { relay, senderId } = added;
  work.enqueue(withSendQueue(kept, replaced.id, { switching: "none" }), {
    type: "queueEnd",
    queues: [{ relay, senderId }],
  });
}
