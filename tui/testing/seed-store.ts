import type { ConnectionId } from "../../core/agent/api.ts";
import {
  contacts,
  messageContacts,
  messages,
  messageTexts,
  nextId,
  putSettings,
  sharedIds,
} from "../../core/chat/store/tables.ts";
import { fakeProfile } from "../../core/chat/testing/fake-data.ts";
import { openStore } from "../../core/store/sqlite/open.ts";

const messagesPerTransaction = 10_000;
const messageIntervalMs = 60_000;
const sentence =
  "The quick brown fox jumps over the lazy dog, and then it writes a message about it to number";

export interface SeedSize {
  readonly contacts: number;
  readonly messages: number;
}

/**
 * Fills the store of a profile as if it had been used for long: a profile, contacts, and histories; half of the
 * messages are of the first contact. No connection is behind the contacts, so nothing goes over a network.
 */
export function seedStore(folder: string, witnessFolder: string, size: SeedSize, nowMs: number): void {
  const open = openStore({ folder, witnessFolder });
  const { store } = open;
  try {
    store.transaction((tx) =>
      putSettings(tx, {
        profile: { displayName: "ada", sendReceipts: true, preferences: {} },
        relays: [],
        network: { privateRouting: "unknown", privateRoutingFallback: "allowProtected", socksProxy: null },
      }),
    );
    const share = Math.floor(size.messages / 2 / Math.max(1, size.contacts - 1));
    store.transaction((tx) => {
      for (let id = 1; id <= size.contacts; id++) nextId(tx, "contact");
    });
    for (let contactId = 1; contactId <= size.contacts; contactId++) {
      const count = contactId === 1 ? size.messages - share * (size.contacts - 1) : share;
      const lastMs = nowMs - contactId * messageIntervalMs;
      let lastId: number | undefined;
      for (let from = 0; from < count; from += messagesPerTransaction) {
        store.transaction((tx) => {
          for (let index = from; index < Math.min(count, from + messagesPerTransaction); index++) {
            const id = nextId(tx, "message");
            const text = `${sentence} ${index}`;
            const sent = index % 3 === 0;
            const sharedId = `${contactId}-${index}`;
            messages.put(tx, [contactId, id], {
              id,
              contactId,
              direction: sent ? "sent" : "received",
              sentAtMs: lastMs - (count - index) * messageIntervalMs,
              sharedId,
              content: { type: "text", text },
              forwarded: false,
              edited: false,
              live: false,
              reactions: { mine: [], theirs: [] },
              read: true,
              ...(sent && { status: { state: "sent" } }),
            });
            messageContacts.put(tx, id, contactId);
            tx.index(messageTexts, id, text);
            sharedIds.put(tx, [contactId, sharedId], id);
            lastId = id;
          }
        });
      }
      store.transaction((tx) =>
        contacts.put(tx, contactId, {
          id: contactId,
          connection: `seed-${contactId}` as ConnectionId,
          state: "connected",
          profile: fakeProfile(contactId - 1),
          preferences: {},
          createdAtMs: lastMs,
          muted: false,
          quantumSafe: true,
          chatVersion: 16,
          lastActivityMs: lastMs,
          unread: 0,
          ...(lastId !== undefined && { lastId }),
        }),
      );
    }
  } finally {
    open.close();
  }
}
