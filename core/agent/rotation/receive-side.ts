import { x25519 } from "../../crypto/x25519.ts";
import type { AuthKey } from "../../smp/keys.ts";
import { AgentError } from "../errors.ts";
import { type QueueInfo, sameQueue } from "../queues/queue-address.ts";
import { noMoreOldMessages } from "../resync/old-messages.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import type { Work } from "../state/work.ts";
import { requireNotSuspended } from "../suspend/suspend.ts";
import { agentSince, clientVersions } from "../versions.ts";

/**
 * Begins to move reception to another relay ("Rotating messaging queue"); anew when the peer has not answered the last
 * time. Agents before version 8 drop what they are asked while they agree on a new ratchet.
 * @param relay its address, or undefined for one chosen at random
 * @throws AgentError when the connection is not established, is suspended, or is being moved already
 */
export function startReceiveSwitch(work: Work, connection: Connection, relay: string | undefined): void {
  if (connection.send.length === 0 || !connection.established) throw new AgentError("CONN SIMPLEX");
  requireNotSuspended(connection);
  const unanswered = unansweredAdded(connection);
  if (unanswered === undefined && connection.receive.some(({ switching }) => isUnderWay(switching)))
    throw new AgentError("CMD PROHIBITED", "queue is being replaced already");
  if (connection.sync === "required" || connection.sync === "started" || connection.sync === "agreed")
    throw new AgentError("CMD PROHIBITED", "ratchet is not in order");
  const queue = connection.receive.find(({ primary }) => primary);
  if (queue === undefined) throw new AgentError("CONN SIMPLEX");
  const current = unanswered === undefined ? connection : forgetAdded(work, connection, unanswered.id);
  const { id, profile } = work.put(withReceiveQueue(current, queue.id, { switching: "started" }));
  work.addTask(id, { type: "addQueue", replaces: queue.id, relay });
  work.emit({ type: "switch", profile, connection: id, direction: "receive", phase: "started" });
}

function isUnderWay(switching: ReceiveQueue["switching"]): boolean {
  return switching !== "none" && switching !== "ended";
}

/** The added queue that the peer has not answered, and can't use before we have its answer: since version 8 it may. */
function unansweredAdded({ agentVersion, receive }: Connection): ReceiveQueue | undefined {
  if (agentVersion >= agentSince.fastRotation) return undefined;
  const replaced = receive.find(({ switching }) => switching === "sendingAdd");
  return replaced && receive.find(({ replaces, status }) => replaces === replaced.id && status === "new");
}

/** The rotation that began will not go on: all stays with the queue that was to be replaced. */
export function abandonReceiveSwitch(
  work: Work,
  connection: Connection,
  queueId: number,
  error: AgentError,
): void {
  if (connection.deleting !== "no") return;
  const queue = connection.receive.find(({ id }) => id === queueId);
  if (queue?.switching === "started") work.put(withReceiveQueue(connection, queueId, { switching: "none" }));
  work.emitError(connection, error);
}

/**
 * A queue that we added is not going to be used, as the peer can't use it or was never told to: it is deleted, and all
 * stays with the one that it was to replace.
 */
export function forgetAdded(work: Work, connection: Connection, addedId: number): Connection {
  const added = connection.receive.find(({ id }) => id === addedId);
  if (added?.replaces === undefined || added.primary) return connection;
  work.addTask(connection.id, { type: "deleteQueue", queue: addedId });
  return work.put(
    withReceiveQueue(
      withReceiveQueue(connection, addedId, { switching: "ended", replaces: undefined }),
      added.replaces,
      { switching: "none" },
    ),
  );
}

/** As long as the peer may not use a queue that we added, it can be forgotten. */
export function forgetUnusedAdded(work: Work, connection: Connection, addedId: number): void {
  const added = connection.receive.find(({ id }) => id === addedId);
  const replaced = connection.receive.find(({ id }) => id === added?.replaces);
  if (replaced?.switching === "sendingAdd") forgetAdded(work, connection, addedId);
}

/** The peer sent its keys for the queue that we added: it is secured, then the peer may use it. */
export function onQueueKey(
  work: Work,
  connection: Connection,
  queues: readonly (readonly [QueueInfo, AuthKey])[],
): void {
  const [info, senderKey] = queues[0] ?? missing();
  if (info.clientVersion > clientVersions.max)
    throw new AgentError("AGENT A_VERSION", `client version ${info.clientVersion}`);
  const queue = connection.receive.find((one) => sameQueue(one, info));
  if (queue === undefined) throw new AgentError("AGENT A_QUEUE", "QKEY: queue is not of this connection");
  if (queue.status !== "new" && queue.status !== "confirmed")
    throw new AgentError("AGENT A_QUEUE", "QKEY: queue is secured already");
  requireSwitch(connection, queue, "sendingAdd", "QKEY");
  const secret = x25519.sharedSecret(queue.privateKey, info.dhKey);
  const clientVersion = Math.min(queue.clientVersion, info.clientVersion);
  const { id, profile } = work.put(
    withReceiveQueue(connection, queue.id, { secret, clientVersion, status: "confirmed" }),
  );
  work.addTask(id, { type: "secureAdded", queue: queue.id, senderKey });
  work.emit({ type: "switch", profile, connection: id, direction: "receive", phase: "confirmed" });
}

function missing(): never {
  throw new AgentError("AGENT A_QUEUE", "no queue is named");
}

/** The queue that is replaced by `queue`. @throws AgentError when the replacement is not at this point */
function requireSwitch(
  connection: Connection,
  queue: ReceiveQueue,
  state: ReceiveQueue["switching"],
  what: string,
): ReceiveQueue {
  const replaced = connection.receive.find(({ id }) => id === queue.replaces);
  if (replaced?.switching !== state) throw new AgentError("AGENT A_QUEUE", `${what}: not due now`);
  return replaced;
}

/** The added queue is secured: tells the peer to use it. */
export function addedQueueSecured(work: Work, connection: Connection, queue: ReceiveQueue): void {
  const replaced = requireSwitch(connection, queue, "sendingAdd", "QUSE");
  const secured = withReceiveQueue(
    withReceiveQueue(connection, queue.id, { status: "secured" }),
    replaced.id,
    { switching: "sendingUse" },
  );
  const { relay, senderId } = queue;
  work.enqueue(secured, { type: "queueUse", queues: [[{ relay, senderId }, true]] });
  work.emit({
    type: "switch",
    profile: connection.profile,
    connection: connection.id,
    direction: "receive",
    phase: "secured",
  });
}

/** A message came over `queue`: if that was added in place of another, it has taken over, and the other goes. */
export function cameOverNewQueue(work: Work, connection: Connection, queue: ReceiveQueue): Connection {
  const replaced = connection.receive.find(({ id }) => id === queue.replaces);
  if (replaced === undefined || replaced.switching !== "sendingUse") return connection;
  const moved = withReceiveQueue(connection, queue.id, { primary: true });
  work.addTask(connection.id, { type: "deleteQueue", queue: replaced.id });
  return withReceiveQueue(moved, replaced.id, { switching: "received", primary: false });
}

/** The replaced queue is deleted, or given up with its relay. */
export function replacedQueueDeleted(work: Work, connection: Connection, queueId: number): void {
  const { id, profile } = connection;
  const replaced = connection.receive.find((queue) => queue.id === queueId);
  const receive = connection.receive
    .filter((queue) => queue.id !== queueId)
    .map((queue) =>
      queue.replaces === queueId && queue.status !== "new" ? { ...queue, replaces: undefined } : queue,
    );
  work.put({ ...connection, receive });
  noMoreOldMessages(work, connection, queueId);
  work.follow.queues.add(id);
  if (replaced?.switching === "received")
    work.emit({ type: "switch", profile, connection: id, direction: "receive", phase: "completed" });
}
