import type { Transaction } from "../../store/store.ts";
import type { ContactId, ConversationEvent, MessageId } from "../api.ts";
import type { MessageRecord } from "../store/records.ts";
import {
  agentIds,
  contacts,
  conversationPrefix,
  expiring,
  messageContacts,
  messages,
  messageTexts,
  nextId,
  nothing,
  sharedIds,
  waiting,
} from "../store/tables.ts";
import type { Context } from "./context.ts";
import { textOf } from "./views.ts";

/** What a new message may leave out. */
type NewMessage = Pick<MessageRecord, "contactId" | "direction" | "sentAtMs" | "content"> &
  Partial<MessageRecord>;

/** Adds a message at the end of its conversation, and counts it as unread unless it is read. */
export function addMessage(context: Context, tx: Transaction, fields: NewMessage): MessageRecord {
  const id = nextId(tx, "message");
  const message: MessageRecord = {
    forwarded: false,
    edited: false,
    live: false,
    reactions: { mine: [], theirs: [] },
    read: fields.direction === "sent",
    ...fields,
    id,
  };
  const { contactId } = message;
  messageContacts.put(tx, id, contactId);
  if (message.sharedId !== undefined) sharedIds.put(tx, [contactId, message.sharedId], id);
  storeMessage(tx, message);
  const contact = contacts.get(tx, contactId);
  if (contact !== undefined) {
    contacts.put(tx, contactId, {
      ...contact,
      lastId: id,
      lastActivityMs: context.clock.nowMs(),
      unread: contact.unread + (message.read ? 0 : 1),
      firstUnreadId: contact.firstUnreadId ?? (message.read ? undefined : id),
    });
  }
  context.changes.messageAdded(contactId, id);
  return message;
}

/** Adds a line about something that happened. It is part of the history, and doesn't count as unread. */
export function addEvent(
  context: Context,
  tx: Transaction,
  contactId: ContactId,
  event: ConversationEvent,
): void {
  const sentAtMs = context.clock.nowMs();
  addMessage(context, tx, {
    contactId,
    direction: "received",
    sentAtMs,
    content: undefined,
    event,
    read: true,
  });
}

/** Replaces a message by a changed one. */
export function updateMessage(context: Context, tx: Transaction, message: MessageRecord): MessageRecord {
  storeMessage(tx, message);
  context.changes.messageUpdated(message.contactId, message.id);
  return message;
}

function storeMessage(tx: Transaction, message: MessageRecord): void {
  const key = [message.contactId, message.id] as const;
  const before = messages.get(tx, key);
  messages.put(tx, key, message);
  const text = textOf(message);
  if (before === undefined || textOf(before) !== text) {
    if (text === "") tx.unindex(messageTexts, message.id);
    else tx.index(messageTexts, message.id, text);
  }
  if (before?.expiresAtMs !== message.expiresAtMs) {
    if (before?.expiresAtMs !== undefined) expiring.delete(tx, [before.expiresAtMs, message.id]);
    if (message.expiresAtMs !== undefined) expiring.put(tx, [message.expiresAtMs, message.id], nothing);
  }
}

/** Removes a message and everything that points to it; the unread count and the last line follow. */
export function removeMessage(context: Context, tx: Transaction, message: MessageRecord): void {
  const { contactId, id } = message;
  eraseMessage(tx, message);
  const contact = contacts.get(tx, contactId);
  if (contact !== undefined) {
    contacts.put(tx, contactId, {
      ...contact,
      lastId: contact.lastId === id ? lastMessageId(tx, contactId) : contact.lastId,
      unread: contact.unread - (message.read ? 0 : 1),
      firstUnreadId: contact.firstUnreadId === id ? nextUnread(tx, contactId, id) : contact.firstUnreadId,
    });
  }
  context.changes.messageRemoved(contactId, id);
}

/** Removes all messages of a conversation. */
export function eraseHistory(tx: Transaction, contactId: ContactId): void {
  for (;;) {
    const page = messages.range(tx, { prefix: conversationPrefix(contactId), limit: erasedAtOnce });
    for (const { value } of page) eraseMessage(tx, value);
    if (page.length < erasedAtOnce) return;
  }
}

const erasedAtOnce = 1000;

function eraseMessage(tx: Transaction, message: MessageRecord): void {
  const { contactId, id } = message;
  messages.delete(tx, [contactId, id]);
  messageContacts.delete(tx, id);
  waiting.delete(tx, [contactId, id]);
  tx.unindex(messageTexts, id);
  if (message.sharedId !== undefined) sharedIds.delete(tx, [contactId, message.sharedId]);
  if (message.agentId !== undefined) agentIds.delete(tx, [contactId, message.agentId]);
  if (message.expiresAtMs !== undefined) expiring.delete(tx, [message.expiresAtMs, id]);
}

/** Marks messages up to `upTo` (all when undefined) as read; those that disappear begin to. */
export function markRead(context: Context, tx: Transaction, contactId: ContactId, upTo?: MessageId): void {
  const contact = contacts.get(tx, contactId);
  if (contact?.firstUnreadId === undefined) return;
  const now = context.clock.nowMs();
  let unread = contact.unread;
  let next: MessageId | undefined;
  const range = {
    prefix: conversationPrefix(contactId),
    after: [contactId, contact.firstUnreadId - 1] as const,
  };
  for (const { value } of messages.range(tx, range)) {
    if (upTo !== undefined && value.id > upTo) {
      next = nextUnread(tx, contactId, value.id - 1);
      break;
    }
    if (value.read) continue;
    unread--;
    const expiresAtMs = value.ttlSeconds === undefined ? undefined : now + value.ttlSeconds * 1000;
    updateMessage(context, tx, {
      ...value,
      read: true,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    });
  }
  contacts.put(tx, contactId, { ...contact, unread, firstUnreadId: next });
  context.changes.conversation(contactId);
}

/** The first message after `after` that is not read. */
function nextUnread(tx: Transaction, contactId: ContactId, after: MessageId): MessageId | undefined {
  const range = { prefix: conversationPrefix(contactId), after: [contactId, after] as const };
  return messages.range(tx, range).find(({ value }) => !value.read)?.value.id;
}

function lastMessageId(tx: Transaction, contactId: ContactId): MessageId | undefined {
  return messages.range(tx, { prefix: conversationPrefix(contactId), reverse: true, limit: 1 })[0]?.value.id;
}
