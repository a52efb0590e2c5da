import { DecodeError } from "../../bytes/index.ts";
import { parseRelayAddressWithAuth, type RelayAddressWithAuth } from "../../smp/address.ts";
import type { AuthKey } from "../../smp/keys.ts";
import type { ConnectionId } from "../api.ts";
import { createQueue, uriOf } from "../connect/create-queue.ts";
import { deleteQueue } from "../connect/end-queue.ts";
import { keepQueue } from "../connect/keep-queue.ts";
import { AgentError } from "../errors.ts";
import { chooseRelay } from "../network/choose-relay.ts";
import { RelayFault } from "../network/relay-fault.ts";
import { addedQueueSecured, replacedQueueDeleted } from "../rotation/receive-side.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import type { Work } from "../state/work.ts";
import { requireNotSuspended } from "../suspend/suspend.ts";
import type { TaskContext } from "./context.ts";
import { forEachQueue } from "./for-each-queue.ts";

function queueIn(
  work: Work,
  id: ConnectionId,
  queueId: number,
): { readonly connection: Connection; readonly queue: ReceiveQueue } | undefined {
  const connection = work.find(id);
  const queue = connection?.receive.find((one) => one.id === queueId);
  return connection === undefined || queue === undefined ? undefined : { connection, queue };
}

/** A recipient's command for one queue. */
async function secure(
  context: TaskContext,
  id: ConnectionId,
  queueId: number,
  senderKey: AuthKey,
): Promise<void> {
  const found = context.transaction((work) => queueIn(work, id, queueId));
  if (found === undefined) return;
  const { connection, queue } = found;
  await context.network.withSession(connection.profile, queue.relay, (client) =>
    client.secureQueue({ recipientId: queue.recipientId, privateKey: queue.authKey }, senderKey),
  );
}

/** Secures our reply queue for the peer, and says hello through its queue, which it has secured by now. */
export async function secureReplyTask(
  context: TaskContext,
  id: ConnectionId,
  queueId: number,
  senderKey: AuthKey,
): Promise<void> {
  await secure(context, id, queueId, senderKey);
  context.transaction((work) => {
    const found = queueIn(work, id, queueId);
    if (found?.queue.status !== "confirmed") return;
    const secured = withReceiveQueue(found.connection, queueId, { status: "secured" });
    work.enqueue(secured, { type: "hello" }, { notify: true });
  });
}

/**
 * Creates a queue in place of another one of ours, and tells the peer.
 * @throws AgentError `CMD PROHIBITED` when the connection was suspended meanwhile
 */
export async function addQueueTask(
  context: TaskContext,
  id: ConnectionId,
  replacedId: number,
  named: string | undefined,
): Promise<void> {
  const found = context.transaction((work) => queueIn(work, id, replacedId));
  if (found === undefined || found.queue.switching !== "started") return;
  requireNotSuspended(found.connection);
  const { profile, receive, send } = found.connection;
  const replaced = receive.map(({ relay }) => relay);
  const used = send.map(({ relay }) => relay);
  const relay = context.transaction((work) =>
    named === undefined
      ? chooseRelay(work.profile(profile).relays, used, work.random, replaced)
      : namedRelay(named),
  );
  const created = await createQueue(context, profile, relay, { type: "messaging", link: undefined });
  const queueId = await keepQueue(context, profile, created, (work) => {
    const current = queueIn(work, id, replacedId);
    if (current === undefined || current.connection.deleting === "now")
      throw new AgentError("CONN NOT_FOUND");
    const { connection, queue: replaced } = current;
    requireNotSuspended(connection);
    const newId = connection.lastQueueId + 1;
    const queue = { ...created.queue, id: newId, primary: false, replaces: replacedId };
    const added = withReceiveQueue(
      { ...connection, lastQueueId: newId, receive: [...connection.receive, queue] },
      replacedId,
      { switching: "sendingAdd" },
    );
    work.follow.queues.add(id);
    work.enqueue(added, {
      type: "queueAdd",
      queues: [[uriOf(queue), { relay: replaced.relay, senderId: replaced.senderId }]],
    });
    return newId;
  });
  context.subscribed(id, queueId, created.client);
}

function namedRelay(text: string): RelayAddressWithAuth {
  try {
    return parseRelayAddressWithAuth(text, "smp");
  } catch (error) {
    if (error instanceof DecodeError) throw new AgentError("CMD SYNTAX", "relay address", { cause: error });
    throw error;
  }
}

/** Secures the added queue with the peer's key, and tells the peer to use it. */
export async function secureAddedTask(
  context: TaskContext,
  id: ConnectionId,
  queueId: number,
  senderKey: AuthKey,
): Promise<void> {
  await secure(context, id, queueId, senderKey);
  context.transaction((work) => {
    const found = queueIn(work, id, queueId);
    if (found?.queue.status === "confirmed") addedQueueSecured(work, found.connection, found.queue);
  });
}

/** Deletes the queue that was replaced. */
export async function deleteQueueTask(
  context: TaskContext,
  id: ConnectionId,
  queueId: number,
): Promise<void> {
  const found = context.transaction((work) => queueIn(work, id, queueId));
  if (found === undefined) return;
  if (found.queue.switching === "ended" && found.connection.skipped > 0)
    await requireEmpty(context, found.connection, found.queue);
  await deleteQueue(context.network, found.connection.profile, found.queue);
  context.transaction((work) => {
    const connection = work.find(id);
    if (connection !== undefined) replacedQueueDeleted(work, connection, queueId);
  });
}

/**
 * Messages are missing, which may wait in the replaced queue: it is not deleted before they were taken from it.
 * @throws RelayFault when there are some
 */
async function requireEmpty(
  { network }: TaskContext,
  { profile }: Connection,
  { relay, recipientId, authKey }: ReceiveQueue,
): Promise<void> {
  const { size } = await network.withSession(profile, relay, (client) =>
    client.queueInfo({ recipientId, privateKey: authKey }),
  );
  if (size > 0)
    throw new RelayFault("AGENT A_QUEUE", "messages wait in a replaced queue", {
      temporary: true,
      host: false,
    });
}

/** Deletes all queues of a connection on their relays, then all that is stored for it. */
export async function deleteConnectionTask(context: TaskContext, id: ConnectionId): Promise<void> {
  const connection = context.transaction((work) => work.find(id));
  if (connection === undefined) return;
  const { receive, profile } = connection;
  await forEachQueue(receive, (queue) => deleteQueue(context.network, profile, queue));
  context.transaction((work) => dropConnection(work, connection));
}

/** Forgets a connection and tells of it. */
export function dropConnection(work: Work, { id, profile }: Connection): void {
  work.remove(id);
  work.emit({ type: "deleted", profile, connection: id });
}
