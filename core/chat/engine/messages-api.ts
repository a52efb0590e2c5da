import type { Transaction } from "../../store/store.ts";
import {
  ChatError,
  type ConversationApi,
  type DraftApi,
  type MessageApi,
  type MessagePage,
  pageLimitMax,
  type SearchHit,
} from "../api.ts";
import type { MessageRecord } from "../store/records.ts";
import { contacts, conversationPrefix, messages, messageTexts } from "../store/tables.ts";
import { searchMatches } from "../text/search-matches.ts";
import { type Context, change, contactOf, updateContact } from "./context.ts";
import { asChat } from "./errors.ts";
import { eraseHistory, markRead } from "./history.ts";
import { deleteMessage, editMessage, messageOf, reactTo, retryMessage, sendText } from "./sending.ts";
import { getMessageRecord, viewConversation, viewMessage } from "./views.ts";

const pageLimitDefault = 100;
const searchLimitDefault = 50;
const searchedAtOnce = 200;

/** Messages: history, sending, changing, searching. */
export function messageApi(context: Context): MessageApi {
  const write = <T>(run: (tx: Transaction) => T): Promise<T> =>
    asChat(() => {
      const value = change(context, run);
      context.checkLifetimes();
      return value;
    });
  const read = <T>(run: (tx: Transaction) => T): Promise<T> => asChat(() => context.store.transaction(run));
  return {
    list: (params) => read((tx) => page(tx, params)),
    get: ({ messageId }) => read((tx) => viewMessage(tx, messageOf(tx, messageId))),
    send: (params) => write((tx) => sendText(context, tx, params)),
    edit: ({ messageId, text }) => write((tx) => editMessage(context, tx, messageId, text)),
    delete: (params) => write((tx) => deleteMessage(context, tx, params.messageId, params.for)),
    react: ({ messageId, emoji, add }) => write((tx) => reactTo(context, tx, messageId, emoji, add)),
    retry: ({ messageId }) => write((tx) => retryMessage(context, tx, messageId)),
    search: (params) => read((tx) => search(tx, params)),
  };
}

/** Conversations: the list of them, and what is read. */
export function conversationApi(context: Context): ConversationApi {
  const { store } = context;
  return {
    list: () =>
      asChat(() =>
        store.transaction((tx) =>
          contacts
            .range(tx)
            .map(({ value }) => viewConversation(tx, value))
            .sort((a, b) => b.lastActivityMs - a.lastActivityMs),
        ),
      ),
    get: ({ contactId }) =>
      asChat(() => store.transaction((tx) => viewConversation(tx, contactOf(tx, contactId)))),
    markRead: ({ contactId, upTo }) =>
      asChat(() => {
        const conversation = change(context, (tx) => {
          contactOf(tx, contactId);
          markRead(context, tx, contactId, upTo);
          return viewConversation(tx, contactOf(tx, contactId));
        });
        context.checkLifetimes();
        return conversation;
      }),
    clear: ({ contactId }) =>
      asChat(() =>
        change(context, (tx) => {
          contactOf(tx, contactId);
          for (const { value } of messages.range(tx, { prefix: conversationPrefix(contactId) })) {
            context.changes.messageRemoved(contactId, value.id);
          }
          eraseHistory(tx, contactId);
          updateContact(context, tx, contactId, { lastId: undefined, unread: 0, firstUnreadId: undefined });
        }),
      ),
  };
}

export function draftApi(context: Context): DraftApi {
  return {
    set: ({ contactId, draft }) =>
      asChat(() =>
        change(context, (tx) => {
          const empty = draft.text === "" && draft.replyTo === undefined && draft.editing === undefined;
          const kept = empty ? undefined : draft;
          const contact = contactOf(tx, contactId);
          contacts.put(tx, contactId, { ...contact, draft: kept });
          context.changes.other({
            type: "draft.updated",
            contactId,
            ...(kept === undefined ? {} : { draft: kept }),
          });
          context.changes.conversation(contactId);
        }),
      ),
  };
}

function page(tx: Transaction, params: Parameters<MessageApi["list"]>[0]): MessagePage {
  const { contactId, before, after, around, limit = pageLimitDefault } = params;
  contactOf(tx, contactId);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > pageLimitMax) {
    throw new ChatError("badArgument", `limit is not a whole number from 1 to ${pageLimitMax}.`);
  }
  if ([before, after, around].filter((one) => one !== undefined).length > 1) {
    throw new ChatError("badArgument", "Only one of before, after and around can be given.");
  }
  if (after !== undefined) return newer(tx, contactId, after, limit);
  if (around === undefined) return older(tx, contactId, before, limit);
  const half = Math.ceil(limit / 2);
  const lower = older(tx, contactId, around, half);
  const upper = newer(tx, contactId, around - 1, Math.max(1, limit - lower.messages.length));
  return {
    messages: [...lower.messages, ...upper.messages],
    hasOlder: lower.hasOlder,
    hasNewer: upper.hasNewer,
  };
}

function older(tx: Transaction, contactId: number, before: number | undefined, limit: number): MessagePage {
  const at = before === undefined ? {} : { after: [contactId, before] as const };
  const rows = messages.range(tx, {
    prefix: conversationPrefix(contactId),
    reverse: true,
    limit: limit + 1,
    ...at,
  });
  const records = rows
    .slice(0, limit)
    .map(({ value }) => value)
    .reverse();
  const hasNewer = before !== undefined && any(tx, contactId, before - 1);
  return { messages: view(tx, records), hasOlder: rows.length > limit, hasNewer };
}

function newer(tx: Transaction, contactId: number, after: number, limit: number): MessagePage {
  const prefix = conversationPrefix(contactId);
  const rows = messages.range(tx, { prefix, after: [contactId, Math.max(0, after)], limit: limit + 1 });
  const records = rows.slice(0, limit).map(({ value }) => value);
  const first = { prefix, after: [contactId, after + 1] as const, reverse: true, limit: 1 };
  return {
    messages: view(tx, records),
    hasOlder: messages.range(tx, first).length > 0,
    hasNewer: rows.length > limit,
  };
}

function any(tx: Transaction, contactId: number, after: number): boolean {
  const range = {
    prefix: conversationPrefix(contactId),
    after: [contactId, Math.max(0, after)] as const,
    limit: 1,
  };
  return messages.range(tx, range).length > 0;
}

function view(tx: Transaction, records: readonly MessageRecord[]): MessagePage["messages"] {
  return records.map((record) => viewMessage(tx, record));
}

function search(
  tx: Transaction,
  { text, contactId, limit = searchLimitDefault }: Parameters<MessageApi["search"]>[0],
): readonly SearchHit[] {
  if (contactId !== undefined) contactOf(tx, contactId);
  const hits: SearchHit[] = [];
  for (let before: number | undefined; hits.length < limit; ) {
    const ids = tx.search(messageTexts, text, searchedAtOnce, before);
    for (const id of ids) {
      const record = getMessageRecord(tx, id);
      if (record === undefined || (contactId !== undefined && record.contactId !== contactId)) continue;
      const message = viewMessage(tx, record);
      const contact = contactOf(tx, record.contactId);
      const contactName = contact.alias ?? contact.profile.displayName;
      hits.push({ message, contactName, matches: searchMatches(message.text, text) });
      if (hits.length >= limit) break;
    }
    before = ids.at(-1);
    if (before === undefined || ids.length < searchedAtOnce) break;
  }
  return hits;
}
