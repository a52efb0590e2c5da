import { AgentError } from "../errors.ts";
import { type QueueName, sameQueue } from "../queues/queue-address.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import type { Work } from "../state/work.ts";

/** The peer confirms a queue that we added, over that queue: it can be received from ("Fast queue rotation"). */
export function onAddedQueueConfirmed(
  work: Work,
  connection: Connection,
  queue: ReceiveQueue,
  secret: Uint8Array,
  clientVersion: number,
): void {
  const replaced = connection.receive.find(({ id }) => id === queue.replaces);
  if (replaced?.switching !== "sendingAdd" || queue.status !== "new") {
    throw new AgentError("AGENT A_PROHIBITED", "confirmation of an added queue is not due now");
  }
  const { id, profile } = work.put(
    withReceiveQueue(connection, queue.id, {
      secret,
      status: "secured",
      clientVersion: Math.min(queue.clientVersion, clientVersion),
    }),
  );
  work.emit({ type: "switch", profile, connection: id, direction: "receive", phase: "confirmed" });
}

/** The peer sends to one of our queues no more: that is deleted. Being told twice means nothing. */
export function onQueueEnd(work: Work, connection: Connection, name: QueueName): void {
  const ended = connection.receive.find((queue) => sameQueue(queue, name));
  if (ended === undefined || ended.switching === "received") return;
  const successor = connection.receive.find(({ replaces }) => replaces === ended.id);
  if (successor?.secret === undefined)
    throw new AgentError("AGENT A_QUEUE", "QEND: no other queue is in use");
  const moved = withReceiveQueue(connection, successor.id, { primary: true });
  const { id, profile } = work.put(
    withReceiveQueue(moved, ended.id, { switching: "received", primary: false }),
  );
  work.addTask(id, { type: "deleteQueue", queue: ended.id });
  work.emit({ type: "switch", profile, connection: id, direction: "receive", phase: "secured" });
}
