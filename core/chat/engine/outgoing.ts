import { base64urlEncode } from "../../bytes/index.ts";
import type { Transaction } from "../../store/store.ts";
import { ChatError, type ContactId } from "../api.ts";
import { hasNotification, type KnownEvent } from "../protocol/events.ts";
import { encodeChatMessage } from "../protocol/message.ts";
import { chatVersions, compressionSince } from "../protocol/version-range.ts";
import type { ContactRecord, MessageRecord } from "../store/records.ts";
import { agentIds, nothing, waiting } from "../store/tables.ts";
import type { Context } from "./context.ts";
import { fitBody } from "./fit-body.ts";

const sharedIdLength = 12;

/** A new id for a message, which both sides know it by. */
export function newSharedId({ random }: Context): Uint8Array {
  return random(sharedIdLength);
}

/** The body that carries an event. */
export function bodyOf(event: KnownEvent, msgId?: Uint8Array): Uint8Array {
  return encodeChatMessage(
    msgId === undefined ? { versions: chatVersions, event } : { versions: chatVersions, msgId, event },
  );
}

/**
 * The body that carries an event to a contact, compressed where it has to be. A contact that is still connecting may
 * not have told its version yet: it is taken for one that reads compressed messages.
 * @throws ChatError tooLong
 */
export function bodyFor(
  { agent, zstd }: Context,
  tx: Transaction,
  contact: ContactRecord,
  event: KnownEvent,
  msgId?: Uint8Array,
): Uint8Array {
  return fitBody(bodyOf(event, msgId), {
    lengthMax: agent.messageLengthMax(contact.connection, tx),
    readsCompressed: contact.state === "connecting" || contact.chatVersion >= compressionSince,
    zstd,
  });
}

/**
 * Hands an event for a connected contact to the agent, as part of the transaction.
 * @returns the agent's number of the message
 * @throws ChatError tooLong, notConnected
 */
export function sendEvent(
  context: Context,
  tx: Transaction,
  contact: ContactRecord,
  event: KnownEvent,
  msgId?: Uint8Array,
): number {
  if (contact.state !== "connected") {
    throw new ChatError("notConnected", `${contact.profile.displayName} is not connected.`);
  }
  const body = bodyFor(context, tx, contact, event, msgId);
  context.unsent.note(contact.connection);
  return context.agent.send(contact.connection, body, { notify: hasNotification(event), transaction: tx });
}

/** As `sendEvent`, for what a contact is told if it can be: nothing happens when it is not connected. */
export function tellContact(
  context: Context,
  tx: Transaction,
  contact: ContactRecord,
  event: KnownEvent,
): void {
  if (contact.state === "connected") sendEvent(context, tx, contact, event, newSharedId(context));
}

/** Notes which message of ours the agent's number stands for, so that its status can follow. */
export function linkAgentId(tx: Transaction, message: MessageRecord, agentId: number): MessageRecord {
  agentIds.put(tx, [message.contactId, agentId], message.id);
  return { ...message, agentId };
}

/** Lets a message wait until its contact is connected. */
export function putWaiting(tx: Transaction, { contactId, id }: MessageRecord): void {
  waiting.put(tx, [contactId, id], nothing);
}

/** The text form of a shared id, as it is stored. */
export function sharedIdText(sharedId: Uint8Array): string {
  return base64urlEncode(sharedId);
}

/** Who wrote a message, as a quote of it says. */
export function quoteAuthor(contactId: ContactId, message: MessageRecord): "me" | "contact" {
  if (message.contactId !== contactId)
    throw new ChatError("badArgument", "The message is of another conversation.");
  return message.direction === "sent" ? "me" : "contact";
}
