import { encode } from "../../bytes/index.ts";
import { boxNonceLength } from "../../crypto/box.ts";
import { sealClientMessage } from "../../smp/client-message.ts";
import type { ConnectionId } from "../api.ts";
import { secureAsSender } from "../connect/secure-as-sender.ts";
import { agentEnvelope } from "../messages/envelope.ts";
import { RelayFault } from "../network/relay-fault.ts";
import { sendRouted } from "../network/send-route.ts";
import { firstCopy } from "../rotation/copies.ts";
import { removeSendQueue, takeOver } from "../rotation/fast-send.ts";
import { type Connection, withSendQueue } from "../state/connection-record.ts";
import type { SendQueue } from "../state/queue-records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import type { TaskContext } from "./context.ts";

interface Found {
  readonly connection: Connection;
  readonly queue: SendQueue;
}

function sendQueueIn(work: Work, id: ConnectionId, queueId: number): Found | undefined {
  const connection = work.find(id);
  const queue = connection?.send.find((one) => one.id === queueId);
  return connection === undefined || connection.deleting === "now" || queue === undefined
    ? undefined
    : { connection, queue };
}

/**
 * Takes up a queue that the peer added ("Fast queue rotation"): secures it, confirms it with an empty confirmation,
 * and sends what went to the replaced queue meanwhile. Then it takes over.
 */
export async function takeUpQueueTask(
  context: TaskContext,
  id: ConnectionId,
  queueId: number,
): Promise<void> {
  const find = () => context.transaction((work) => sendQueueIn(work, id, queueId));
  const added = find();
  if (added === undefined || added.queue.replaces === undefined) return;
  await secureAsSender(context, added.connection, added.queue);
  const secured = find();
  if (secured?.queue.status === "secured") {
    await confirmAdded(context, secured);
    if (context.stopped) return;
    context.transaction((work) => {
      const found = sendQueueIn(work, id, queueId);
      if (found !== undefined) work.put(withSendQueue(found.connection, queueId, { status: "confirmed" }));
    });
  }
  await sendCopies(context, id, queueId, (work, { connection, queue }) => takeOver(work, connection, queue));
}

/** Sends the last things to a queue that was replaced, and lets go of it. */
export function endQueueTask(context: TaskContext, id: ConnectionId, queueId: number): Promise<void> {
  return sendCopies(context, id, queueId, (work, { connection }) => {
    removeSendQueue(work, connection, queueId);
  });
}

/** Sends, in order, what is for a queue besides the primary one; `done` is part of the transaction that finds nothing more. */
async function sendCopies(
  context: TaskContext,
  id: ConnectionId,
  queueId: number,
  done: (work: Work, found: Found) => void,
): Promise<void> {
  for (;;) {
    const next = context.transaction((work) => {
      const found = sendQueueIn(work, id, queueId);
      if (found === undefined) return undefined;
      const row = firstCopy(work, found.connection, queueId);
      if (row === undefined) done(work, found);
      return row && { ...found, ...row };
    });
    if (next === undefined) return;
    await sendEnvelope(context, next, next.value.envelope, { notify: next.value.notify, isFirst: false });
    if (context.stopped) return;
    context.transaction((work) => tables.copies.delete(work.transaction, next.key));
  }
}

/** The first message in a new queue, which gives the recipient its secret. It is outside of the ratchet, and empty. */
function confirmAdded(context: TaskContext, found: Found): Promise<void> {
  const envelope = encode(agentEnvelope, {
    type: "confirmation",
    agentVersion: found.connection.agentVersion,
    ratchet: undefined,
    encrypted: new Uint8Array(0),
  });
  return sendEnvelope(context, found, envelope, { notify: true, isFirst: true });
}

async function sendEnvelope(
  context: TaskContext,
  { connection: { profile }, queue }: Found,
  envelope: Uint8Array,
  { notify, isFirst }: { readonly notify: boolean; readonly isFirst: boolean },
): Promise<void> {
  const { network, random } = context;
  const settings = context.transaction((work) => work.profile(profile));
  const target = { senderId: queue.senderId, privateKey: queue.authKey };
  const flags = { notification: notify };
  const body = sealClientMessage(
    { version: queue.clientVersion, key: isFirst ? queue.publicKey : undefined },
    queue.secret,
    random(boxNonceLength),
    { header: { type: "empty" }, body: envelope },
  );
  try {
    await sendRouted({ network, random, profile, settings }, queue.relay, {
      directly: (client) => client.sendMessage(target, flags, body),
      throughProxy: (client, session) => client.sendThroughProxy(session, target, flags, body),
    });
  } catch (error) {
    throw error instanceof RelayFault && error.error?.type === "QUOTA" ? roomLater(error) : error;
  }
}

/** A full queue is tried again, as a relay that can't be reached is. */
function roomLater({ code, detail, error }: RelayFault): RelayFault {
  return new RelayFault(code, detail, { temporary: true, host: false, error });
}
