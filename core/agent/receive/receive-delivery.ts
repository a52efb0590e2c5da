import { decode, equalBytes } from "../../bytes/index.ts";
import { x25519 } from "../../crypto/x25519.ts";
import {
  type ClientMessage,
  type ClientMessageEnvelope,
  clientMessageEnvelope,
  openClientMessage,
} from "../../smp/client-message.ts";
import { type Delivery, openDelivery } from "../../smp/delivery.ts";
import type { MessageId } from "../../smp/ids.ts";
import { senderCanSecure } from "../../smp/queue-mode.ts";
import { badInputFault } from "../bad-input.ts";
import { AgentError } from "../errors.ts";
import { type AgentEnvelope, agentEnvelope } from "../messages/envelope.ts";
import { isUsedRatchetKey, onRatchetKey } from "../resync/on-ratchet-key.ts";
import { onAddedConfirmed } from "../rotation/fast-receive.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import type { Work } from "../state/work.ts";
import { clientVersions } from "../versions.ts";
import { onConfirmation } from "./on-confirmation.ts";
import { onInvitation } from "./on-invitation.ts";
import { onMessage } from "./on-message.ts";

/** What a relay delivered to a queue, and around it. */
export interface Received {
  readonly queue: ReceiveQueue;
  readonly relayTimeMs: number;
  readonly notify: boolean;
  /** A message that came too early may be left at the relay until those before it have come over another queue. */
  readonly mayWait: boolean;
}

/** `done`: to be acknowledged; `wait`: nothing was changed, it is to be given again later. */
export type ReceiveResult = "done" | "wait";

/**
 * Takes what a relay delivered. Whatever it is, the connection stays usable: what can't be used is reported as
 * an `error` event and acknowledged.
 */
export function receiveDelivery(
  work: Work,
  connection: Connection,
  queue: ReceiveQueue,
  messageId: MessageId,
  body: Uint8Array,
  mayWait: boolean,
): ReceiveResult {
  if (queue.lastMessageId !== undefined && equalBytes(queue.lastMessageId, messageId)) return "done";
  const noted = { ...queue, lastMessageId: messageId.slice() };
  const marked = withReceiveQueue(connection, queue.id, { lastMessageId: noted.lastMessageId });
  try {
    return receive(work, marked, noted, openDelivery(queue.deliverySecret, messageId, body), mayWait);
  } catch (error) {
    const fault = badInputFault(error);
    work.put(
      withReceiveQueue(work.find(connection.id) ?? marked, queue.id, { lastMessageId: noted.lastMessageId }),
    );
    work.emitError(connection, fault);
    return "done";
  }
}

function receive(
  work: Work,
  connection: Connection,
  queue: ReceiveQueue,
  delivery: Delivery,
  mayWait: boolean,
): ReceiveResult {
  if (delivery.type === "quota") {
    const marked = work.put(connection);
    if (marked.send.length > 0 && queue.switching !== "ended") {
      work.enqueue(marked, {
        type: "queueContinue",
        queue: { relay: queue.relay, senderId: queue.senderId },
      });
    }
    return "done";
  }
  const envelope = decode(clientMessageEnvelope, delivery.body);
  const { version, key } = envelope.header;
  if (version < clientVersions.min || (version > clientVersions.max && version > queue.clientVersion)) {
    throw new AgentError("AGENT A_VERSION", `client version ${version}`);
  }
  const received = { queue, relayTimeMs: timeOf(delivery), notify: delivery.flags.notification, mayWait };
  if (queue.secret === undefined) {
    if (key === undefined) throw new AgentError("AGENT A_PROHIBITED", "message without keys");
    firstMessage(work, connection, received, key, envelope);
    return "done";
  }
  const { header, body } = openClientMessage(envelope, queue.secret);
  const message = decode(agentEnvelope, body);
  if (key !== undefined) {
    if (message.type !== "confirmation")
      throw new AgentError("AGENT A_PROHIBITED", "message with a public header");
    work.put(connection);
    return "done";
  }
  if (header.type !== "empty") throw new AgentError("AGENT A_PROHIBITED", "message with a sender key");
  switch (message.type) {
    case "message":
      return onMessage(work, connection, received, message.agentVersion, message.encrypted);
    case "ratchetKey":
      // It has no number that would show what comes before it over the other queue, encrypted by the ratchet so far.
      if (mayWait && !isUsedRatchetKey(work, connection, message.ratchet)) return "wait";
      onRatchetKey(work, connection, message.agentVersion, message.ratchet);
      return "done";
    default:
      throw new AgentError("AGENT A_PROHIBITED", `${message.type} in a queue that is in use`);
  }
}

/** Most milliseconds before and after the Unix epoch that a `Date` can tell. */
const dateMaxMs = 8_640_000_000_000_000;

/** When the relay says that it got the message; milliseconds since the Unix epoch. */
function timeOf({ time }: Delivery): number {
  return Math.max(-dateMaxMs, Math.min(dateMaxMs, time * 1000));
}

function firstMessage(
  work: Work,
  connection: Connection,
  received: Received,
  key: Uint8Array,
  envelope: ClientMessageEnvelope,
): void {
  const { queue } = received;
  const secret = x25519.sharedSecret(queue.privateKey, key);
  const opened: ClientMessage = openClientMessage(envelope, secret);
  const message: AgentEnvelope = decode(agentEnvelope, opened.body);
  if (message.type === "invitation" && opened.header.type === "empty") {
    onInvitation(work, connection, message.request, message.info);
  } else if (message.type === "confirmation") {
    const senderKey = opened.header.type === "confirmation" ? opened.header.senderKey : undefined;
    if (senderKey === undefined && !senderCanSecure(queue.mode)) {
      throw new AgentError("AGENT A_PROHIBITED", "confirmation without a sender key");
    }
    const take = queue.replaces !== undefined ? onAddedConfirmed : onConfirmation;
    take(work, connection, queue, {
      secret,
      senderKey,
      clientVersion: envelope.header.version,
      envelope: message,
    });
  } else {
    throw new AgentError("AGENT A_PROHIBITED", `${message.type} in a new queue`);
  }
}
