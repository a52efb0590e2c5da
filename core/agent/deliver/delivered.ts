import { decode, encode, equalBytes } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import { senderCanSecure } from "../../smp/queue-mode.ts";
import { aMessage, type Receipt } from "../messages/agent-message.ts";
import { ratchetOf } from "../ratchet/ratchet-store.ts";
import { renewRatchet } from "../resync/renew-ratchets.ts";
import { queuesEnded } from "../rotation/fast-send.ts";
import { finishSendSwitch } from "../rotation/send-side.ts";
import { connectionId } from "../state/codecs.ts";
import { type Connection, withSendQueue } from "../state/connection-record.ts";
import type { OutboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import type { NextDelivery } from "./next-delivery.ts";

/** How many sent messages are remembered for their receipts, in a connection. */
const sentKept = 2_000;

/** A relay has the item: it leaves the outbox, and what follows from it happens. */
export function itemDelivered(
  work: Work,
  { key, item, ready, queue, connection: { id } }: NextDelivery,
  proxied: boolean,
): void {
  // The peer's receipt may have come before the relay's answer: then all this was done.
  if (tables.outbox.get(work.transaction, key) === undefined) return;
  leaveOutbox(work, key);
  const connection = work.find(id);
  if (connection === undefined) return;
  if (item.kind === "confirmation") confirmationDelivered(work, connection, queue.id, ready.message);
  else if (item.kind === "message") messageDelivered(work, connection, { item, ready, queue }, proxied);
  deleteWhenEmpty(work, connection);
}

function leaveOutbox(work: Work, key: OutboxKey): void {
  tables.outbox.delete(work.transaction, key);
  tables.inFlight.delete(work.transaction, key);
}

/**
 * The peer has received a message. If the relay's answer to it was lost, this is how we learn that it was sent;
 * otherwise nothing happens.
 */
export function deliveredByReceipt(work: Work, connection: Connection, { sharedId, hash }: Receipt): void {
  const { id, profile } = connection;
  const row = tables.inFlight
    .range(work.transaction, { prefix: encode(connectionId, id) })
    .find(({ value }) => value.sharedId === sharedId && equalBytes(sha256(value.message), hash));
  const item = row && tables.outbox.get(work.transaction, row.key);
  if (row === undefined || item === undefined || item.id === 0) return;
  leaveOutbox(work, row.key);
  noteSent(work, connection, sharedId, { id: item.id, hash });
  work.emit({ type: "sent", profile, connection: id, id: item.id, proxied: false });
  deleteWhenEmpty(work, connection);
}

const infoReplyTag = 0x44;

function confirmationDelivered(
  work: Work,
  connection: Connection,
  queueId: number,
  message: Uint8Array,
): void {
  const { id, profile } = connection;
  const queue = connection.send.find((one) => one.id === queueId);
  if (queue === undefined) return;
  if (message[0] === infoReplyTag) {
    work.put(withSendQueue(connection, queueId, { status: "confirmed" }));
    work.emit({ type: "joined", profile, connection: id, secured: senderCanSecure(queue.mode) });
  } else if (senderCanSecure(queue.mode)) {
    const established = { ...withSendQueue(connection, queueId, { status: "active" }), established: true };
    work.put(established);
    work.follow.deliver.add(id);
    work.emit({ type: "connected", profile, connection: id, postQuantum: connection.sentPostQuantum });
    // It was encrypted before an old copy of the store was taken into use.
    if (ratchetOf(work, established).sending === undefined) renewRatchet(work, established);
  } else {
    work.put(withSendQueue(connection, queueId, { status: "confirmed" }));
  }
}

function messageDelivered(
  work: Work,
  connection: Connection,
  { item, ready, queue }: Pick<NextDelivery, "item" | "ready" | "queue">,
  proxied: boolean,
): void {
  const { id, profile } = connection;
  const message = decode(aMessage, item.content);
  switch (message.type) {
    case "message":
      if (item.id === 0) return;
      noteSent(work, connection, ready.sharedId, { id: item.id, hash: sha256(ready.message) });
      work.emit({ type: "sent", profile, connection: id, id: item.id, proxied });
      return;
    case "hello": {
      const active = withSendQueue(connection, queue.id, { status: "active" });
      const established = active.receive.some(({ primary, status }) => primary && status === "active");
      work.put({ ...active, established: active.established || established });
      if (established && !connection.established) {
        work.follow.deliver.add(id);
        work.emit({ type: "connected", profile, connection: id, postQuantum: connection.sentPostQuantum });
      }
      return;
    }
    case "queueKey":
      work.emit({ type: "switch", profile, connection: id, direction: "send", phase: "confirmed" });
      return;
    case "queueEnd":
      queuesEnded(work, connection, message.queues);
      return;
    case "queueTest":
      finishSendSwitch(work, connection, queue.id);
      return;
    default:
      return;
  }
}

function noteSent(
  work: Work,
  { id }: Connection,
  sharedId: number,
  sent: { readonly id: number; readonly hash: Uint8Array },
): void {
  tables.sent.put(work.transaction, { connection: id, number: sharedId }, sent);
  if (sharedId > sentKept)
    tables.sent.delete(work.transaction, { connection: id, number: sharedId - sentKept });
}

/** A connection that was to be deleted once all is delivered. */
export function deleteWhenEmpty(work: Work, connection: Connection): void {
  const current = work.find(connection.id);
  if (current?.deleting !== "afterDelivery") return;
  const idBytes = encode(connectionId, connection.id);
  if (tables.outbox.count(work.transaction, { prefix: idBytes }) > 0) return;
  work.put({ ...current, deleting: "now" });
  work.addTask(current.id, { type: "deleteConnection" });
}
