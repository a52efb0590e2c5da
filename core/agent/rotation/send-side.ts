import { compatibleVersion } from "../../bytes/index.ts";
import { publicKeyOf } from "../../crypto/keys.ts";
import { senderCanSecure } from "../../smp/queue-mode.ts";
import { newSendQueue } from "../connect/new-send-queue.ts";
import { AgentError } from "../errors.ts";
import { type QueueName, type QueueUri, queueInfoOf, sameQueue } from "../queues/queue-address.ts";
import { type Connection, withSendQueue } from "../state/connection-record.ts";
import type { SendQueue } from "../state/queue-records.ts";
import type { Work } from "../state/work.ts";
import { agentSince, clientVersions } from "../versions.ts";
import { dropCopies } from "./copies.ts";
import { startRedundantDelivery } from "./fast-send.ts";

/** The peer's queue has room again. */
export function onQueueContinue(work: Work, connection: Connection, name: QueueName): void {
  const { id, profile } = connection;
  if (!connection.send.some((queue) => sameQueue(queue, name))) {
    // After a fast rotation, the word of a replaced queue may come when that is gone.
    if (connection.agentVersion >= agentSince.fastRotation) return;
    throw new AgentError("AGENT A_QUEUE", "QCONT: queue is not of this connection");
  }
  work.follow.retry.add(id);
  work.emit({ type: "continued", profile, connection: id });
}

/** The peer added a queue in place of another: it is taken up the fast way, or answered with our keys for it. */
export function onQueueAdd(
  work: Work,
  connection: Connection,
  queues: readonly (readonly [QueueUri, QueueName | undefined])[],
): void {
  const [uri, replacedName] = queues[0] ?? [];
  if (uri === undefined || replacedName === undefined)
    throw new AgentError("AGENT A_QUEUE", "QADD: adding a queue without replacing one");
  const version = compatibleVersion(uri.clientVersions, clientVersions);
  if (version === undefined) throw new AgentError("AGENT A_VERSION", "QADD: client version");
  if (connection.send.some((queue) => sameQueue(queue, uri)))
    throw new AgentError("AGENT A_QUEUE", "QADD: queue is used already");
  const replaced = connection.send.find((queue) => sameQueue(queue, replacedName));
  if (replaced === undefined)
    throw new AgentError("AGENT A_QUEUE", "QADD: replaced queue is not of this connection");
  requireReplaceable(connection, replaced);
  const earlier = connection.send.filter(({ replaces }) => replaces === replaced.id);
  for (const { id } of earlier) dropCopies(work, connection, id);
  const kept = connection.send.filter((queue) => !earlier.includes(queue));
  const info = queueInfoOf(uri, version);
  const id = connection.lastQueueId + 1;
  const added = { ...newSendQueue(work.random, id, info), replaces: replaced.id };
  const both = { ...connection, lastQueueId: id, send: [...kept, added] };
  if (connection.agentVersion >= agentSince.fastRotation && senderCanSecure(added.mode)) {
    startRedundantDelivery(work, both, added, replaced);
    return;
  }
  const changed = withSendQueue(both, replaced.id, { switching: "sendingKey" });
  work.enqueue(changed, {
    type: "queueKey",
    queues: [[{ ...info, dhKey: added.publicKey }, publicKeyOf(added.authKey)]],
  });
  work.emit({
    type: "switch",
    profile: connection.profile,
    connection: connection.id,
    direction: "send",
    phase: "started",
  });
}

/** Most queues that a peer has us send to, with those that were replaced and whose relays are down. */
const sendQueuesMax = 16;

/**
 * Each queue that is added gets what the other ones get, so that a peer must not add them without end, nor one in place
 * of another that is not in use. It is in use when its test is on its way: the peer may have had that.
 * @throws AgentError `AGENT A_QUEUE`
 */
function requireReplaceable({ send }: Connection, replaced: SendQueue): void {
  if (replaced.switching === "ending" || replaced.switching === "ended")
    throw new AgentError("AGENT A_QUEUE", "QADD: queue is replaced already");
  const before = send.find(({ id }) => id === replaced.replaces);
  if (before !== undefined && before.switching !== "sendingTest")
    throw new AgentError("AGENT A_QUEUE", "QADD: replaced queue is not in use");
  if (send.length >= sendQueuesMax) throw new AgentError("AGENT A_QUEUE", "QADD: too many queues");
}

/** The peer has secured the added queue: it is tested, and used from then on. */
export function onQueueUse(
  work: Work,
  connection: Connection,
  queues: readonly (readonly [QueueName, boolean])[],
): void {
  const [name] = queues[0] ?? [];
  const queue = name === undefined ? undefined : connection.send.find((one) => sameQueue(one, name));
  const replaced = connection.send.find(({ id }) => id === queue?.replaces);
  if (name === undefined || queue === undefined || replaced === undefined)
    throw new AgentError("AGENT A_QUEUE", "QUSE: queue replaces none of this connection");
  if (replaced.switching !== "sendingKey") throw new AgentError("AGENT A_QUEUE", "QUSE: not due now");
  const secured = withSendQueue(withSendQueue(connection, queue.id, { status: "secured" }), replaced.id, {
    switching: "sendingTest",
  });
  work.enqueue(secured, { type: "queueTest", queues: [name] }, { queue: queue.id });
  work.emit({
    type: "switch",
    profile: connection.profile,
    connection: connection.id,
    direction: "send",
    phase: "secured",
  });
}

/** The test went through the new queue: it takes the place of the one it replaces. */
export function finishSendSwitch(work: Work, connection: Connection, queueId: number): void {
  const { id, profile } = connection;
  const queue = connection.send.find((one) => one.id === queueId);
  const replaced = connection.send.find((one) => one.id === queue?.replaces);
  if (replaced?.switching !== "sendingTest") return;
  const send = connection.send
    .filter((one) => one.id !== replaced.id)
    .map((one) =>
      one.id === queueId ? { ...one, status: "active" as const, replaces: undefined, primary: true } : one,
    );
  work.put({ ...connection, send });
  work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "completed" });
}
