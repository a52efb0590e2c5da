import { base64urlDecode, utf8Encode } from "../../bytes/index.ts";
import type { Transaction } from "../../store/store.ts";
import { ChatError, type Message, type MessageId, messageTextBytesMax } from "../api.ts";
import type { JsonObject } from "../json/json.ts";
import { type MessageContent, messageContent } from "../protocol/content.ts";
import type { KnownEvent } from "../protocol/events.ts";
import type { ContactRecord, MessageRecord } from "../store/records.ts";
import { conversationPrefix, waiting } from "../store/tables.ts";
import { featureState } from "../text/preferences.ts";
import { type Context, contactOf, updateContact } from "./context.ts";
import { addMessage, removeMessage, updateMessage } from "./history.ts";
import { featuresOf, lifetimeOf } from "./lifetimes.ts";
import { newMessageEvent } from "./new-message.ts";
import {
  bodyFor,
  linkAgentId,
  newSharedId,
  putWaiting,
  quoteAuthor,
  sendEvent,
  sharedIdText,
} from "./outgoing.ts";
import { getMessageRecord, textOf, viewMessage } from "./views.ts";

/** How long a message can be edited, or deleted for both: the network's clients refuse it afterwards. */
const changeableMs = 24 * 3_600_000;

/** Different reactions of one side to one message. */
const reactionsMax = 3;
const emojiBytesMax = 32;

export interface SendParams {
  readonly contactId: number;
  readonly text: string;
  readonly replyTo?: MessageId;
  readonly ttlSeconds?: number;
}

/** Adds a message of ours and hands it to the agent, or lets it wait until the contact is connected. */
export function sendText(context: Context, tx: Transaction, params: SendParams): Message {
  const contact = contactOf(tx, params.contactId);
  if (contact.state === "deleted") {
    throw new ChatError(
      "notConnected",
      `${contact.profile.displayName} deleted the connection. The text is kept as a draft.`,
    );
  }
  checkText(params.text);
  const message = deliver(context, tx, contact, addText(context, tx, contact, params));
  updateContact(context, tx, contact.id, { draft: undefined });
  return viewMessage(tx, message);
}

/** Sends a text that nobody waits for. One that does not fit is shown as failed. */
export function sendGreeting(context: Context, tx: Transaction, contact: ContactRecord, text: string): void {
  if (text.trim() === "") return;
  deliverOrFail(context, tx, contact, addText(context, tx, contact, { contactId: contact.id, text }));
}

/** Adds a message of ours to the history, not sent yet. */
function addText(
  context: Context,
  tx: Transaction,
  contact: ContactRecord,
  params: SendParams,
): MessageRecord {
  const { ttlSeconds = lifetimeOf(tx, contact) } = params;
  if (ttlSeconds !== undefined && !(Number.isSafeInteger(ttlSeconds) && ttlSeconds > 0)) {
    throw new ChatError("badArgument", "A lifetime is a whole number of seconds above 0.");
  }
  const quoted = params.replyTo === undefined ? undefined : quotable(tx, contact, params.replyTo);
  return addMessage(context, tx, {
    contactId: contact.id,
    direction: "sent",
    sentAtMs: context.clock.nowMs(),
    sharedId: sharedIdText(newSharedId(context)),
    content: messageContent.encode({ type: "text", text: params.text }) as JsonObject,
    status: { state: "pending" },
    ...(quoted === undefined ? {} : { quote: quoted.quote, quotedSharedId: quoted.sharedId }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  });
}

/** Sends what waits for a contact that is connected now, in order. What turns out not to fit fails. */
export function sendWaiting(context: Context, tx: Transaction, contact: ContactRecord): void {
  for (const { key } of waiting.range(tx, { prefix: conversationPrefix(contact.id) })) {
    waiting.delete(tx, key);
    const message = getMessageRecord(tx, key[1]);
    if (message !== undefined) deliverOrFail(context, tx, contact, message);
  }
}

/** As `deliver`, for what is sent where nobody could be told of an error: the message has it. */
function deliverOrFail(
  context: Context,
  tx: Transaction,
  contact: ContactRecord,
  message: MessageRecord,
): void {
  try {
    deliver(context, tx, contact, message);
  } catch (error) {
    if (!(error instanceof ChatError && error.code === "tooLong")) throw error;
    updateMessage(context, tx, { ...message, status: { state: "failed", reason: error.message } });
  }
}

/** Hands a message of ours to the agent; while the contact is not connected it waits. @throws ChatError tooLong */
function deliver(
  context: Context,
  tx: Transaction,
  contact: ContactRecord,
  message: MessageRecord,
): MessageRecord {
  const event = eventOf(context, tx, contact, message);
  if (contact.state !== "connected") {
    bodyFor(context, tx, contact, event, sharedIdOf(message));
    putWaiting(tx, message);
    return message;
  }
  const agentId = sendEvent(context, tx, contact, event, sharedIdOf(message));
  return updateMessage(context, tx, { ...linkAgentId(tx, message, agentId), status: { state: "pending" } });
}

/** The event of a new message of ours, with as much of what it quotes as fits. */
function eventOf(
  context: Context,
  tx: Transaction,
  contact: ContactRecord,
  message: MessageRecord,
): KnownEvent {
  return newMessageEvent(message, (event) => {
    try {
      bodyFor(context, tx, contact, event, sharedIdOf(message));
      return true;
    } catch (error) {
      if (error instanceof ChatError && error.code === "tooLong") return false;
      throw error;
    }
  });
}

/** Tries a message that failed again, as a new one to the agent. @throws ChatError notAllowed */
export function retryMessage(context: Context, tx: Transaction, id: MessageId): Message {
  const message = messageOf(tx, id);
  if (message.status?.state !== "failed") throw new ChatError("notAllowed", "This message did not fail.");
  const contact = contactOf(tx, message.contactId);
  if (contact.state === "deleted")
    throw new ChatError("notConnected", `${contact.profile.displayName} deleted the connection.`);
  return viewMessage(tx, deliver(context, tx, contact, { ...message, status: { state: "pending" } }));
}

/** Replaces the text of a message of ours, here and at the contact. @throws ChatError notAllowed, tooLong */
export function editMessage(context: Context, tx: Transaction, id: MessageId, text: string): Message {
  const message = changeable(context, tx, id);
  checkText(text);
  const before = messageContent.decode(message.content ?? { type: "text", text: "" });
  const content: MessageContent = before.type === "unknown" ? { type: "text", text } : { ...before, text };
  const edited = { ...message, content: messageContent.encode(content) as JsonObject, edited: true };
  const contact = contactOf(tx, message.contactId);
  if (message.agentId === undefined) {
    bodyFor(context, tx, contact, eventOf(context, tx, contact, edited), sharedIdOf(message));
  } else {
    const params = { msgId: sharedIdOf(message), content };
    sendEvent(context, tx, contact, { event: "x.msg.update", params }, newSharedId(context));
  }
  return viewMessage(tx, updateMessage(context, tx, edited));
}

/** Deletes a message here, or at the contact too. @throws ChatError notAllowed */
export function deleteMessage(context: Context, tx: Transaction, id: MessageId, side: "self" | "both"): void {
  if (side === "self") return removeMessage(context, tx, messageOf(tx, id));
  const message = changeable(context, tx, id);
  const contact = contactOf(tx, message.contactId);
  if (message.agentId !== undefined) {
    const event: KnownEvent = { event: "x.msg.del", params: { msgId: sharedIdOf(message) } };
    sendEvent(context, tx, contact, event, newSharedId(context));
  }
  if (message.agentId === undefined || featureState(featuresOf(tx, contact), "fullDelete").enabledForMe) {
    removeMessage(context, tx, message);
  } else {
    updateMessage(context, tx, markDeleted(message, "me"));
  }
}

/** A message of which only the mark is left that it was deleted. */
export function markDeleted(message: MessageRecord, by: "me" | "contact"): MessageRecord {
  return {
    ...message,
    deletedBy: by,
    content: undefined,
    file: undefined,
    quote: undefined,
    reactions: { mine: [], theirs: [] },
  };
}

/** Adds or removes our reaction. @throws ChatError notAllowed, badArgument */
export function reactTo(
  context: Context,
  tx: Transaction,
  id: MessageId,
  emoji: string,
  add: boolean,
): Message {
  const message = messageOf(tx, id);
  const contact = contactOf(tx, message.contactId);
  if (!isEmoji(emoji)) throw new ChatError("badArgument", "A reaction is one emoji.");
  if (message.sharedId === undefined || message.deletedBy !== undefined) {
    throw new ChatError("notAllowed", "There can be no reaction to this.");
  }
  if (!featureState(featuresOf(tx, contact), "reactions").enabledForMe) {
    throw new ChatError("notAllowed", "Reactions are off in this conversation.");
  }
  const reactions = withReaction(message.reactions.mine, emoji, add);
  if (reactions === undefined) {
    throw new ChatError("notAllowed", `There can be ${reactionsMax} reactions of yours to one message.`);
  }
  const params = { msgId: sharedIdOf(message), reaction: { type: "emoji", emoji }, add };
  sendEvent(context, tx, contact, { event: "x.msg.react", params }, newSharedId(context));
  const changed = { ...message, reactions: { ...message.reactions, mine: reactions } };
  return viewMessage(tx, updateMessage(context, tx, changed));
}

/** One side's reactions after a change, or undefined when there would be too many. */
export function withReaction(
  before: readonly string[],
  emoji: string,
  add: boolean,
): readonly string[] | undefined {
  const others = before.filter((one) => one !== emoji);
  if (!add) return others;
  return others.length < reactionsMax ? [...others, emoji] : undefined;
}

/** Whether a text is one emoji, as far as its characters tell: one cluster that is drawn as a picture. */
export function isEmoji(text: string): boolean {
  const clusters = Array.from(new Intl.Segmenter().segment(text));
  return (
    clusters.length === 1 &&
    utf8Encode(text).length <= emojiBytesMax &&
    /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(text)
  );
}

/** @throws ChatError notFound */
export function messageOf(tx: Transaction, id: MessageId): MessageRecord {
  const message = getMessageRecord(tx, id);
  if (message === undefined) throw new ChatError("notFound", `There is no message ${id}.`);
  return message;
}

function changeable({ clock }: Context, tx: Transaction, id: MessageId): MessageRecord {
  const message = messageOf(tx, id);
  if (message.direction !== "sent" || message.deletedBy !== undefined || message.content === undefined) {
    throw new ChatError("notAllowed", "Only messages of yours can be changed.");
  }
  if (clock.nowMs() - message.sentAtMs > changeableMs) {
    throw new ChatError("notAllowed", "Messages can be changed for a day only.");
  }
  return message;
}

function quotable(
  tx: Transaction,
  contact: ContactRecord,
  id: MessageId,
): { quote: NonNullable<MessageRecord["quote"]>; sharedId: string } {
  const message = messageOf(tx, id);
  if (message.sharedId === undefined || message.deletedBy !== undefined) {
    throw new ChatError("notAllowed", "This can't be replied to.");
  }
  const by = quoteAuthor(contact.id, message);
  return { quote: { by, text: textOf(message), atMs: message.sentAtMs }, sharedId: message.sharedId };
}

function checkText(text: string): void {
  if (text.trim() === "") throw new ChatError("badArgument", "A message needs some text.");
  const length = utf8Encode(text).length;
  if (length > messageTextBytesMax) {
    throw new ChatError(
      "tooLong",
      `The text has ${length} bytes, ${messageTextBytesMax} is the most for one message. Nothing was sent: send it in parts.`,
    );
  }
}

function sharedIdOf({ sharedId }: MessageRecord): Uint8Array {
  return base64urlDecode(sharedId ?? "");
}
