import { fixedBytes, int64, largeText, mapped, shortText, tuple, word32 } from "../../bytes/index.ts";
import type { Transaction } from "../../store/store.ts";
import { Table } from "../../store/table.ts";
import type { ContactId, InvitationId, MessageId, RequestId } from "../api.ts";
import { jsonRow } from "./json-codec.ts";
import type {
  AddressRecord,
  ConnectionRole,
  ContactRecord,
  InvitationRecord,
  MessageRecord,
  RequestRecord,
  SettingsRecord,
} from "./records.ts";

const none = fixedBytes(0);
const milliseconds = mapped(int64, Number, BigInt);

export const contacts = new Table<ContactId, ContactRecord>("chat_contacts", word32, jsonRow());

/** The messages of all conversations: contact, then message. */
export const messages = new Table<readonly [ContactId, MessageId], MessageRecord>(
  "chat_messages",
  tuple(word32, word32),
  jsonRow(),
);

/** The conversation that each message is of. */
export const messageContacts = new Table<MessageId, ContactId>("chat_message_contacts", word32, word32);

/** Messages by the id that both sides know them by: contact and shared id. */
export const sharedIds = new Table<readonly [ContactId, string], MessageId>(
  "chat_shared_ids",
  tuple(word32, shortText),
  word32,
);

/** Sent messages by the agent's number: contact and number. */
export const agentIds = new Table<readonly [ContactId, number], MessageId>(
  "chat_agent_ids",
  tuple(word32, word32),
  word32,
);

/** Sent messages that wait for their contact to be connected. */
export const waiting = new Table<readonly [ContactId, MessageId], Uint8Array>(
  "chat_waiting",
  tuple(word32, word32),
  none,
);

/** Messages by the time at which they disappear. */
export const expiring = new Table<readonly [number, MessageId], Uint8Array>(
  "chat_expiring",
  tuple(milliseconds, word32),
  none,
);

export const invitations = new Table<InvitationId, InvitationRecord>("chat_invitations", word32, jsonRow());
export const requests = new Table<RequestId, RequestRecord>("chat_requests", word32, jsonRow());
export const connections = new Table<string, ConnectionRole>("chat_connections", largeText, jsonRow());
const addresses = new Table<Uint8Array, AddressRecord>("chat_address", none, jsonRow());
const settings = new Table<Uint8Array, SettingsRecord>("chat_settings", none, jsonRow());
const counters = new Table<string, number>("chat_counters", shortText, word32);

/** The name of the full-text index of messages. */
export const messageTexts = "chat_messages";

/** The value of tables whose keys say all. */
export const nothing = new Uint8Array();

/** A number that was never given before for this purpose, from 1. */
export function nextId(tx: Transaction, purpose: string): number {
  const id = (counters.get(tx, purpose) ?? 0) + 1;
  counters.put(tx, purpose, id);
  return id;
}

const settingsDefault: SettingsRecord = {
  relays: [],
  network: { privateRouting: "unknown", privateRoutingFallback: "allowProtected", socksProxy: null },
};

export function getSettings(tx: Transaction): SettingsRecord {
  return settings.get(tx, nothing) ?? settingsDefault;
}

export function putSettings(tx: Transaction, value: SettingsRecord): void {
  settings.put(tx, nothing, value);
}

export function getAddress(tx: Transaction): AddressRecord | undefined {
  return addresses.get(tx, nothing);
}

/** Replaces our address; undefined removes it. */
export function putAddress(tx: Transaction, value: AddressRecord | undefined): void {
  if (value === undefined) addresses.delete(tx, nothing);
  else addresses.put(tx, nothing, value);
}

/** The prefix of the keys of a conversation in tables that begin with the contact. */
export function conversationPrefix(contactId: ContactId): Uint8Array {
  const prefix = new Uint8Array(4);
  new DataView(prefix.buffer).setUint32(0, contactId);
  return prefix;
}
