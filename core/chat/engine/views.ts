import type { Transaction } from "../../store/store.ts";
import type {
  Address,
  Contact,
  ContactId,
  ContactRequest,
  Conversation,
  Invitation,
  Message,
  MessageContent,
  MessageId,
  Quote,
  Reaction,
} from "../api.ts";
import { messageContent } from "../protocol/content.ts";
import type {
  AddressRecord,
  ContactRecord,
  InvitationRecord,
  MessageRecord,
  RequestRecord,
} from "../store/records.ts";
import { contacts, messageContacts, messages, sharedIds } from "../store/tables.ts";
import { textSpans } from "../text/markdown.ts";

/** Leaves out properties that are undefined, as the API has it. */
function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

export function viewContact(record: ContactRecord): Contact {
  return compact<Contact>({
    id: record.id,
    state: record.state,
    profile: record.profile,
    alias: record.alias,
    createdAtMs: record.createdAtMs,
    muted: record.muted,
    verified: record.verified !== undefined,
    quantumSafe: record.quantumSafe,
    incognito: record.incognito,
  });
}

export function viewConversation(tx: Transaction, record: ContactRecord): Conversation {
  return compact<Conversation>({
    contact: viewContact(record),
    lastActivityMs: record.lastActivityMs,
    unread: record.unread,
    firstUnreadId: record.firstUnreadId,
    last: record.lastId === undefined ? undefined : getMessage(tx, record.lastId),
    draft: record.draft,
  });
}

export function viewMessage(tx: Transaction, record: MessageRecord): Message {
  const deleted = record.deletedBy !== undefined;
  const { content, text } = deleted ? { content: { type: "text" } as const, text: "" } : contentOf(record);
  return compact<Message>({
    id: record.id,
    contactId: record.contactId,
    direction: record.direction,
    sentAtMs: record.sentAtMs,
    receivedAtMs: record.receivedAtMs,
    content,
    text,
    spans: textSpans(text),
    quote: deleted ? undefined : quoteOf(tx, record),
    forwarded: record.forwarded,
    edited: record.edited,
    live: record.live,
    deletedBy: record.deletedBy,
    reactions: reactionsOf(record),
    status: record.direction === "sent" ? record.status : undefined,
    read: record.direction === "received" ? record.read : undefined,
    expiresAtMs: record.expiresAtMs,
  });
}

/** A message by its id alone, or undefined. */
export function getMessage(tx: Transaction, id: MessageId): Message | undefined {
  const record = getMessageRecord(tx, id);
  return record === undefined ? undefined : viewMessage(tx, record);
}

export function getMessageRecord(tx: Transaction, id: MessageId): MessageRecord | undefined {
  const contactId = messageContacts.get(tx, id);
  return contactId === undefined ? undefined : messages.get(tx, [contactId, id]);
}

export function getConversation(tx: Transaction, id: ContactId): Conversation | undefined {
  const record = contacts.get(tx, id);
  return record === undefined ? undefined : viewConversation(tx, record);
}

export function viewInvitation({
  id,
  shortLink,
  fullLink,
  createdAtMs,
  label,
  incognito,
}: InvitationRecord): Invitation {
  return compact<Invitation>({ id, shortLink, fullLink, createdAtMs, label, incognito });
}

export function viewAddress({
  shortLink,
  fullLink,
  createdAtMs,
  autoAccept,
  welcomeText,
}: AddressRecord): Address {
  return compact<Address>({ shortLink, fullLink, createdAtMs, autoAccept, welcomeText });
}

export function viewRequest({ id, profile, receivedAtMs, text }: RequestRecord): ContactRequest {
  return compact<ContactRequest>({ id, profile, receivedAtMs, text });
}

/** The text of a message as it was typed; "" when it has none. */
export function textOf(record: MessageRecord): string {
  return record.deletedBy === undefined ? contentOf(record).text : "";
}

function contentOf({ content, event, unsupported, file }: MessageRecord): {
  content: MessageContent;
  text: string;
} {
  if (event !== undefined) return { content: { type: "event", event }, text: "" };
  if (unsupported !== undefined)
    return { content: { type: "unsupported", name: unsupported.event }, text: "" };
  if (content === undefined) return { content: { type: "text" }, text: "" };
  const read = messageContent.decode(content);
  const { text } = read;
  switch (read.type) {
    case "link": {
      const { uri, title, description } = read.preview;
      return { content: { type: "link", url: uri, title, description }, text };
    }
    case "image":
    case "file":
      return { content: compact<MessageContent>({ type: read.type, file }), text };
    case "video":
    case "voice":
      return {
        content: compact<MessageContent>({ type: read.type, durationSeconds: read.duration, file }),
        text,
      };
    case "report":
      return { content: { type: "report", reason: read.reason }, text };
    case "unknown":
      return { content: { type: "unsupported", name: String(read.json["type"]) }, text };
    case "text":
    case "chat":
      return { content: { type: "text" }, text };
  }
}

function quoteOf(tx: Transaction, { contactId, quote, quotedSharedId }: MessageRecord): Quote | undefined {
  if (quote === undefined) return undefined;
  const messageId = quotedSharedId === undefined ? undefined : sharedIds.get(tx, [contactId, quotedSharedId]);
  return compact<Quote>({ ...quote, messageId });
}

function reactionsOf({ reactions: { mine, theirs } }: MessageRecord): readonly Reaction[] {
  return [...new Set([...mine, ...theirs])].map((emoji) => ({
    emoji,
    count: (mine.includes(emoji) ? 1 : 0) + (theirs.includes(emoji) ? 1 : 0),
    mine: mine.includes(emoji),
  }));
}
