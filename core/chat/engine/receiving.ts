import type { ReceivedMessage } from "../../agent/api.ts";
import type { Transaction } from "../../store/store.ts";
import type { ContactId } from "../api.ts";
import type { JsonObject } from "../json/json.ts";
import { decodeBody } from "../protocol/body.ts";
import { type MessageContent, messageContent } from "../protocol/content.ts";
import type { KnownEvent } from "../protocol/events.ts";
import type { ChatMessage } from "../protocol/message.ts";
import type { ContactRecord, MessageRecord } from "../store/records.ts";
import { contacts, getSettings, sharedIds } from "../store/tables.ts";
import { featureState } from "../text/preferences.ts";
import { type Context, contactOf, updateContact } from "./context.ts";
import { addEvent, addMessage, removeMessage, updateMessage } from "./history.ts";
import { featuresOf, lifetimeOf } from "./lifetimes.ts";
import { sharedIdText } from "./outgoing.ts";
import { applyPeerProfile } from "./peer-profile.ts";
import { isEmoji, markDeleted, withReaction } from "./sending.ts";
import { getMessageRecord } from "./views.ts";

type Params<N extends KnownEvent["event"]> = Extract<KnownEvent, { event: N }>["params"];

/** What every handler of an event gets. */
interface Received {
  readonly context: Context;
  readonly tx: Transaction;
  readonly contact: ContactRecord;
  readonly msgId: Uint8Array | undefined;
  readonly message: ReceivedMessage;
}

/** Events whose senders want to know that they arrived. Specification: SimpleX Chat protocol, "Delivery receipts". */
const withReceipt: readonly string[] = ["x.msg.new", "x.grp.inv", "x.call.inv"];

/**
 * Takes in a message of a contact: everything in its body, and what the agent found out about its place in the
 * chain. Runs in the agent's transaction, so it is kept exactly once.
 */
export function receiveMessage(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  message: ReceivedMessage,
): void {
  noteIntegrity(context, tx, contactId, message);
  noteQuantum(context, tx, contactId, message);
  let wantsReceipt = false;
  for (const part of decodeBody(message.body)) {
    const contact = contactOf(tx, contactId);
    if (part.type === "message") {
      const { event } = part.message.event;
      wantsReceipt ||= withReceipt.includes(event);
      receiveEvent({ context, tx, contact, msgId: part.message.msgId, message }, part.message);
    } else if (part.type === "error") {
      addUnsupported({ context, tx, contact, msgId: undefined, message }, "unreadable message", {});
    }
  }
  if (wantsReceipt) sendReceipt(context, tx, contactId, message);
}

function receiveEvent(received: Received, { versions, event }: ChatMessage): void {
  noteVersion(received, versions.max);
  switch (event.event) {
    case "x.msg.new":
      return receiveNew(received, event.params);
    case "x.msg.update":
      return receiveUpdate(received, event.params);
    case "x.msg.del":
      return receiveDelete(received, event.params);
    case "x.msg.react":
      return receiveReaction(received, event.params);
    case "x.file":
      return receiveNew(received, { content: { type: "file", text: "" }, file: event.params.file });
    case "x.info":
      applyPeerProfile(received.context, received.tx, received.contact, event.params.profile);
      return;
    case "x.direct.del":
      return receiveContactDeleted(received);
    case "x.grp.inv":
    case "x.call.inv":
      return addUnsupported(received, event.event, {});
    case "unknown":
      return addUnsupported(received, event.name, event.params as JsonObject);
    default:
      // Parts of what was offered in an event shown as unsupported, probes and answers: nothing to show.
      return;
  }
}

function receiveNew(received: Received, params: Params<"x.msg.new">): void {
  const { context, tx, contact, msgId, message } = received;
  const sharedId = msgId === undefined ? undefined : sharedIdText(msgId);
  if (sharedId !== undefined && sharedIds.get(tx, [contact.id, sharedId]) !== undefined) return;
  const ttlSeconds =
    params.ttl !== undefined && lifetimeOf(tx, contact) !== undefined ? params.ttl : undefined;
  addMessage(context, tx, {
    contactId: contact.id,
    direction: "received",
    sentAtMs: message.relayTimeMs,
    receivedAtMs: message.receivedMs,
    sharedId,
    content: encodeContent(params.content),
    file:
      params.file === undefined ? undefined : { name: params.file.fileName, sizeBytes: params.file.fileSize },
    forwarded: params.forward === true,
    live: params.live === true,
    ttlSeconds,
    ...quoteFields(params),
  });
}

function quoteFields({ quote }: Params<"x.msg.new">): Pick<MessageRecord, "quote" | "quotedSharedId"> {
  if (quote === undefined) return {};
  const { msgRef, content } = quote;
  return {
    // The sender says whether the quoted message was sent by the sender.
    quote: { by: msgRef.sent ? "contact" : "me", text: content.text, atMs: Date.parse(msgRef.sentAt) },
    quotedSharedId: msgRef.msgId === undefined ? undefined : sharedIdText(msgRef.msgId),
  };
}

function receiveUpdate(received: Received, params: Params<"x.msg.update">): void {
  const { context, tx } = received;
  const found = findReceived(received, params.msgId);
  if (found === undefined) {
    // The message itself was lost or deleted here: what it became is shown all the same.
    return receiveNew({ ...received, msgId: params.msgId }, params);
  }
  if (found.deletedBy !== undefined) return;
  updateMessage(context, tx, {
    ...found,
    content: encodeContent(params.content),
    edited: found.edited || !found.live,
    live: params.live === true,
  });
}

function receiveDelete(received: Received, params: Params<"x.msg.del">): void {
  const { context, tx, contact } = received;
  const found = findReceived(received, params.msgId);
  if (found === undefined) return;
  if (featureState(featuresOf(tx, contact), "fullDelete").enabledForThem) removeMessage(context, tx, found);
  else updateMessage(context, tx, markDeleted(found, "contact"));
}

function receiveReaction(received: Received, params: Params<"x.msg.react">): void {
  const { context, tx, contact } = received;
  const { emoji } = params.reaction;
  const id = sharedIds.get(tx, [contact.id, sharedIdText(params.msgId)]);
  const found = id === undefined ? undefined : getMessageRecord(tx, id);
  if (found === undefined || found.deletedBy !== undefined || emoji === undefined || !isEmoji(emoji)) return;
  if (!featureState(featuresOf(tx, contact), "reactions").enabledForThem) return;
  const theirs = withReaction(found.reactions.theirs, emoji, params.add);
  if (theirs !== undefined)
    updateMessage(context, tx, { ...found, reactions: { ...found.reactions, theirs } });
}

function receiveContactDeleted({ context, tx, contact }: Received): void {
  if (contact.state === "deleted") return;
  updateContact(context, tx, contact.id, { state: "deleted" });
  addEvent(context, tx, contact.id, { type: "contactDeleted" });
}

function addUnsupported(
  { context, tx, contact, msgId, message }: Received,
  event: string,
  params: JsonObject,
): void {
  addMessage(context, tx, {
    contactId: contact.id,
    direction: "received",
    sentAtMs: message.relayTimeMs,
    receivedAtMs: message.receivedMs,
    sharedId: msgId === undefined ? undefined : sharedIdText(msgId),
    content: undefined,
    unsupported: { event, params },
  });
}

/** A message that the contact sent, by the id both sides know it by: what others may not change is not found. */
function findReceived({ tx, contact }: Received, msgId: Uint8Array): MessageRecord | undefined {
  const id = sharedIds.get(tx, [contact.id, sharedIdText(msgId)]);
  const found = id === undefined ? undefined : getMessageRecord(tx, id);
  return found?.direction === "received" ? found : undefined;
}

function noteVersion({ context, tx, contact }: Received, version: number): void {
  if (version > contact.chatVersion) updateContact(context, tx, contact.id, { chatVersion: version });
}

function noteIntegrity(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  { integrity }: ReceivedMessage,
): void {
  switch (integrity.type) {
    case "ok":
      return;
    case "skipped": {
      const count = integrity.to - integrity.from + 1;
      return addEvent(context, tx, contactId, { type: "integrity", problem: "missing", count });
    }
    default:
      return addEvent(context, tx, contactId, { type: "integrity", problem: integrity.type, count: 1 });
  }
}

/** The contact is quantum-safe while its messages are, and ours too. */
function noteQuantum(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  { postQuantum }: ReceivedMessage,
): void {
  const contact = contactOf(tx, contactId);
  const on = postQuantum && context.agent.status(contact.connection, tx).postQuantumSent;
  setQuantumSafe(context, tx, contact, on);
}

/** Remembers whether a connection is quantum-safe, with a line when that changes after it was connected. */
export function setQuantumSafe(context: Context, tx: Transaction, contact: ContactRecord, on: boolean): void {
  if (contact.quantumSafe === on) return;
  updateContact(context, tx, contact.id, { quantumSafe: on });
  addEvent(context, tx, contact.id, { type: "quantumSafe", on });
}

function sendReceipt(context: Context, tx: Transaction, contactId: ContactId, { id }: ReceivedMessage): void {
  const contact = contacts.get(tx, contactId);
  const sends = getSettings(tx).profile?.sendReceipts === true;
  if (contact !== undefined && sends) context.agent.receipt(contact.connection, id, tx);
}

function encodeContent(content: MessageContent): JsonObject {
  return messageContent.encode(content) as JsonObject;
}
