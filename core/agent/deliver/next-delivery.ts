import { encode } from "../../bytes/index.ts";
import { boxNonceLength } from "../../crypto/box.ts";
import { publicKeyOf } from "../../crypto/keys.ts";
import type { Random } from "../../crypto/random.ts";
import type { SenderQueue } from "../../smp/client/queues.ts";
import { sealClientMessage } from "../../smp/client-message.ts";
import type { MessageFlags } from "../../smp/message-flags.ts";
import { senderCanSecure } from "../../smp/queue-mode.ts";
import type { ConnectionId } from "../api.ts";
import { AgentError } from "../errors.ts";
import { copyToSecondQueues } from "../rotation/copies.ts";
import { connectionId } from "../state/codecs.ts";
import { type Connection, primarySendQueue } from "../state/connection-record.ts";
import type { SendQueue } from "../state/queue-records.ts";
import type { InFlight, OutboxItem, OutboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { encryptItem } from "./encrypt-item.ts";
import { giveUp } from "./undelivered.ts";

/** What is to be sent next for a connection. */
export interface NextDelivery {
  readonly connection: Connection;
  readonly key: OutboxKey;
  readonly item: OutboxItem;
  readonly ready: InFlight;
  readonly queue: SendQueue;
}

/**
 * The item whose turn it is, encrypted and stored so; undefined when there is none, or it has to wait: for the
 * connection to be established, or for the ratchet to be in order.
 */
export function nextDelivery(work: Work, id: ConnectionId): NextDelivery | undefined {
  const connection = work.find(id);
  if (connection === undefined || connection.deleting === "now") return undefined;
  const first = firstItem(work, connection);
  if (first === undefined) return undefined;
  const { key, value: item } = first;
  const queue =
    item.queue === undefined
      ? primarySendQueue(connection)
      : connection.send.find((one) => one.id === item.queue);
  if (queue === undefined) return skipLost(work, connection, key, item);
  if (mustWait(connection, key, item)) return undefined;
  const before = tables.inFlight.get(work.transaction, key);
  if (before !== undefined && (before.generation === connection.generation || item.kind === "ratchetKey")) {
    return { connection, key, item, ready: before, queue };
  }
  const encrypted = encryptItem(work, connection, item, before);
  if (encrypted === "wait") return undefined;
  if (encrypted === "tooLong") {
    giveUp(work, connection, [first], new AgentError("CMD LARGE", "message does not fit any more"));
    return nextDelivery(work, id);
  }
  tables.inFlight.put(work.transaction, key, encrypted.ready);
  copyToSecondQueues(work, encrypted.connection, item, encrypted.ready);
  return { connection: encrypted.connection, key, item, ready: encrypted.ready, queue };
}

/** Until the connection is established, what establishes it passes by the application's messages, which wait for that. */
function firstItem(work: Work, { id, established }: Connection) {
  // Keys sort what is urgent first.
  const prefix = encode(connectionId, id);
  return established
    ? tables.outbox.range(work.transaction, { prefix, limit: 1 })[0]
    : tables.outbox.range(work.transaction, { prefix }).find(({ value }) => value.id === 0);
}

/** An item for a queue that is gone has nowhere to go; without any queue to send to, items wait for one. */
function skipLost(
  work: Work,
  connection: Connection,
  key: OutboxKey,
  item: OutboxItem,
): NextDelivery | undefined {
  if (item.queue === undefined) return undefined;
  tables.outbox.delete(work.transaction, key);
  tables.inFlight.delete(work.transaction, key);
  return nextDelivery(work, connection.id);
}

/** Messages wait until the connection is established, and while a new ratchet is agreed on. */
function mustWait(
  { established, sync }: Connection,
  { order }: OutboxKey,
  { kind, id }: OutboxItem,
): boolean {
  if (kind !== "message") return false;
  if (id > 0 && !established) return true;
  return order === "normal" && (sync === "required" || sync === "started" || sync === "agreed");
}

/** A message for a relay, as SEND takes it. */
export interface SendBody {
  readonly target: SenderQueue;
  readonly flags: MessageFlags;
  readonly body: Uint8Array;
}

/** What SEND takes for an item: encrypted for the recipient of the queue, with a nonce of its own each time. */
export function sendBody(random: Random, { item, ready, queue }: NextDelivery): SendBody {
  const isConfirmation = item.kind === "confirmation";
  const secures = senderCanSecure(queue.mode);
  const body = sealClientMessage(
    { version: queue.clientVersion, key: isConfirmation ? queue.publicKey : undefined },
    queue.secret,
    random(boxNonceLength),
    {
      header:
        isConfirmation && !secures
          ? { type: "confirmation", senderKey: publicKeyOf(queue.authKey) }
          : { type: "empty" },
      body: ready.envelope,
    },
  );
  return {
    target: { senderId: queue.senderId, privateKey: isConfirmation && !secures ? undefined : queue.authKey },
    flags: { notification: item.notify || isConfirmation },
    body,
  };
}
