import { AgentError } from "../errors.ts";
import { type QueueName, sameQueue } from "../queues/queue-address.ts";
import type { ConfirmationIn } from "../receive/on-confirmation.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import type { Work } from "../state/work.ts";
import { forgetAdded } from "./receive-side.ts";

/**
 * The peer confirms a queue that we added ("Fast queue rotation"): it is secured, and from now on messages come
 * through both. The replaced one may have ended before, when its relay was the faster of the two.
 */
export function onAddedConfirmed(
  work: Work,
  connection: Connection,
  queue: ReceiveQueue,
  { secret, clientVersion, senderKey, envelope }: ConfirmationIn,
): void {
  if (senderKey !== undefined || envelope.ratchet !== undefined || envelope.encrypted.length > 0)
    throw new AgentError("AGENT A_PROHIBITED", "confirmation of an added queue is not empty");
  const replaced = connection.receive.find(({ id }) => id === queue.replaces);
  if (replaced !== undefined && replaced.switching !== "sendingAdd" && replaced.switching !== "ended")
    throw new AgentError("AGENT A_QUEUE", "confirmation: not due now");
  const confirmed = withReceiveQueue(connection, queue.id, {
    secret,
    status: "secured",
    clientVersion: Math.min(queue.clientVersion, clientVersion),
  });
  if (replaced?.switching !== "sendingAdd") {
    work.put(withReceiveQueue(confirmed, queue.id, { replaces: undefined }));
    return;
  }
  const { id, profile } = work.put(withReceiveQueue(confirmed, replaced.id, { switching: "redundant" }));
  for (const phase of ["confirmed", "secured"] as const)
    work.emit({ type: "switch", profile, connection: id, direction: "receive", phase });
}

/** The peer sends nothing more through these queues. */
export function onQueueEnd(work: Work, connection: Connection, names: readonly QueueName[]): void {
  let current = connection;
  for (const name of names) {
    const queue = current.receive.find((one) => sameQueue(one, name));
    if (queue === undefined) throw new AgentError("AGENT A_QUEUE", "QEND: queue is not of this connection");
    const replaced = current.receive.find(({ id }) => id === queue.replaces);
    if (replaced !== undefined && replaced.switching !== "ended") {
      current = forgetAdded(work, current, queue.id);
      work.emitError(current, new AgentError("AGENT A_QUEUE", "QEND: peer can't use the new queue"));
    } else {
      current = endReplaced(work, current, queue);
    }
  }
}

const allPhases = ["confirmed", "secured", "completed"] as const;

/** The queue that was replaced has ended. It is deleted, however long its relay takes for that. */
function endReplaced(work: Work, connection: Connection, queue: ReceiveQueue): Connection {
  const next = connection.receive.find(({ replaces }) => replaces === queue.id);
  if (next === undefined || (queue.switching !== "redundant" && queue.switching !== "sendingAdd"))
    throw new AgentError("AGENT A_QUEUE", "QEND: queue is not being replaced");
  const others = connection.receive.filter((one) => one !== queue && one !== next);
  const replaces = next.status === "new" ? next.replaces : undefined;
  const moved = work.put({
    ...connection,
    receive: [
      { ...next, primary: true, replaces },
      ...others,
      { ...queue, primary: false, switching: "ended" },
    ],
  });
  const { id, profile } = moved;
  work.addTask(id, { type: "deleteQueue", queue: queue.id });
  // When the word of the peer comes before its confirmation, that is on its way through the new queue.
  const phases = queue.switching === "redundant" ? (["completed"] as const) : allPhases;
  for (const phase of phases)
    work.emit({ type: "switch", profile, connection: id, direction: "receive", phase });
  return moved;
}
