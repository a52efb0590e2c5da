/**
 * The chat API in memory, for tests of what draws it and for looking at the terminal client without a network.
 * Contacts and messages are made up, the same at every start; sent messages are "delivered" when the test says so.
 */
import {
  type Address,
  type Chat,
  ChatError,
  type ChatEvent,
  type ConnectionSecurity,
  type Contact,
  type ContactId,
  type ContactRequest,
  type Conversation,
  type Draft,
  type Feature,
  type FeatureState,
  type Invitation,
  type Message,
  type MessageId,
  type NetworkSettings,
  type OwnProfile,
  type Relay,
  type RelayStatus,
  type SendStatus,
} from "../api.ts";
import { fakeContact, splitMessageId } from "./fake-data.ts";
import { FakeHistory } from "./fake-history.ts";

const features: readonly Feature[] = ["timedMessages", "fullDelete", "reactions", "voice", "files", "calls"];

export interface FakeChatOptions {
  readonly nowMs: () => number;
  /** 0 contacts and no profile make a first run. */
  readonly contacts?: number;
  /** Shared out among the contacts, most to the first. */
  readonly messages?: number;
  readonly profile?: boolean;
}

/** What tests do to the other side of the network. */
export interface FakePeer {
  message(contactId: ContactId, text: string): Message;
  status(messageId: MessageId, status: SendStatus): void;
  /** Somebody uses the newest invitation. */
  takeInvitation(displayName: string): Contact;
  request(displayName: string, text?: string): ContactRequest;
  relay(status: RelayStatus): void;
  emit(event: ChatEvent): void;
}

export type FakeChat = Chat & { readonly peer: FakePeer };

export function createFakeChat(options: FakeChatOptions): FakeChat {
  const { nowMs } = options;
  const startMs = nowMs();
  const count = options.contacts ?? 0;
  const listeners = new Set<(event: ChatEvent) => void>();
  const contacts = new Map<ContactId, Contact>();
  const histories = new Map<ContactId, FakeHistory>();
  const unread = new Map<ContactId, { count: number; first: MessageId }>();
  const drafts = new Map<ContactId, Draft>();
  const invitations: Invitation[] = [];
  let requests: ContactRequest[] = [];
  let address: Address | null = null;
  let nextId = 1;
  let profile: OwnProfile | null =
    options.profile === false ? null : { displayName: "ada", sendReceipts: true, preferences: {} };
  let relays: Relay[] = [relayOf("smp://u2dS9sG8nMNURyZwqASV4yROM28Er0luVTx5X1CsMrU=@relay.example", "own")];
  let statuses: RelayStatus[] = [{ host: "relay.example", state: "up", door: "tls" }];
  let network: NetworkSettings = {
    privateRouting: "unprotected",
    privateRoutingFallback: "allowProtected",
    socksProxy: null,
  };

  const total = options.messages ?? 0;
  for (let id = 1; id <= count; id++) {
    const share = id === 1 ? total - Math.floor(total / 2) : Math.floor(total / 2 / Math.max(1, count - 1));
    contacts.set(id, fakeContact(id, startMs));
    histories.set(id, new FakeHistory(id, share, startMs - (id - 1) * 47 * 60_000));
    if (id % 5 === 2 && share > 2) {
      const first = histories.get(id)?.at(share - 2);
      if (first !== undefined) unread.set(id, { count: 2, first: first.id });
    }
    nextId = id + 1;
  }

  const emit = (event: ChatEvent) => {
    for (const listener of listeners) listener(event);
  };
  const contactOf = (id: ContactId): Contact => {
    const contact = contacts.get(id);
    if (contact === undefined) throw new ChatError("notFound", "There is no such contact.");
    return contact;
  };
  const historyOf = (id: ContactId): FakeHistory => {
    contactOf(id);
    let history = histories.get(id);
    if (history === undefined) {
      history = new FakeHistory(id, 0, nowMs());
      histories.set(id, history);
    }
    return history;
  };
  const messageOf = (id: MessageId): Message => {
    const message = historyOf(splitMessageId(id).contactId).get(id);
    if (message === undefined) throw new ChatError("notFound", "There is no such message.");
    return message;
  };
  const conversationOf = (contact: Contact): Conversation => {
    const last = histories.get(contact.id)?.last();
    const draft = drafts.get(contact.id);
    const open = unread.get(contact.id);
    return {
      contact,
      lastActivityMs: last?.sentAtMs ?? contact.createdAtMs,
      unread: open?.count ?? 0,
      ...(open !== undefined && { firstUnreadId: open.first }),
      ...(last !== undefined && { last }),
      ...(draft !== undefined && { draft }),
    };
  };
  const touch = (id: ContactId): Conversation => {
    const conversation = conversationOf(contactOf(id));
    emit({ type: "conversation.updated", conversation });
    return conversation;
  };
  const putContact = (contact: Contact): Contact => {
    contacts.set(contact.id, contact);
    emit({ type: "contact.updated", contact });
    touch(contact.id);
    return contact;
  };
  const addContact = (displayName: string, state: Contact["state"], invitationId?: number): Contact => {
    const contact: Contact = {
      ...fakeContact(nextId++, nowMs()),
      profile: { displayName },
      state,
      muted: false,
      verified: false,
      createdAtMs: nowMs(),
    };
    contacts.set(contact.id, contact);
    emit({ type: "contact.added", contact, ...(invitationId !== undefined && { invitationId }) });
    touch(contact.id);
    return contact;
  };
  const putMessage = (message: Message, added: boolean): Message => {
    historyOf(message.contactId).put(message);
    emit({ type: added ? "message.added" : "message.updated", message });
    touch(message.contactId);
    return message;
  };
  const newMessage = (contactId: ContactId, text: string) => ({
    id: historyOf(contactId).nextId(),
    contactId,
    sentAtMs: nowMs(),
    content: { type: "text" } as const,
    text,
    forwarded: false,
    edited: false,
    live: false,
    reactions: [],
  });
  const securityOf = (contact: Contact): ConnectionSecurity => ({
    quantum: {
      send: contact.quantumSafe,
      receive: contact.quantumSafe,
      state: contact.quantumSafe ? "on" : "off",
    },
    verified: contact.verified,
    code: "24680 13579 11223 34455 66778 89900 24680 13579 11223 34455 66778 89900 246",
    codeQr: "2468013579112233445566778899002468013579112233445566778899002468",
    ratchet: "ok",
    receiveRelays: ["relay.example"],
    sendRelays: ["other.example"],
    rotating: false,
    chatVersion: 16,
    agentVersion: 7,
  });
  const featuresOf = (contact: Contact): FeatureState[] =>
    features.map((feature) => ({
      feature,
      mine: feature === "timedMessages" ? "yes" : "always",
      mineIsDefault: true,
      theirs: contact.id % 2 === 0 ? "no" : "yes",
      enabledForMe: true,
      enabledForThem: true,
    }));

  return {
    profile: {
      get: async () => profile,
      create: async (params) => {
        if (profile !== null) throw new ChatError("profileExists", "There is a profile already.");
        profile = { ...params, sendReceipts: true, preferences: {} };
        emit({ type: "profile.updated", profile });
        return profile;
      },
      update: async (params) => {
        if (profile === null) throw new ChatError("noProfile", "Make a profile first.");
        profile = { ...profile, ...params };
        emit({ type: "profile.updated", profile });
        return profile;
      },
    },
    contact: {
      list: async () =>
        [...contacts.values()].sort((a, b) => a.profile.displayName.localeCompare(b.profile.displayName)),
      get: async ({ contactId }) => contactOf(contactId),
      rename: async ({ contactId, alias }) => putContact({ ...contactOf(contactId), alias }),
      mute: async ({ contactId, muted }) => putContact({ ...contactOf(contactId), muted }),
      verify: async ({ contactId, code }) => {
        const contact = contactOf(contactId);
        const known = securityOf(contact).code?.replaceAll(" ", "");
        if (code !== null && code.replaceAll(" ", "") !== known)
          throw new ChatError("wrongCode", "This is not the security code of this contact.");
        return putContact({ ...contact, verified: code !== null });
      },
      preferences: async ({ contactId }) => featuresOf(contactOf(contactId)),
      setPreferences: async ({ contactId }) => featuresOf(contactOf(contactId)),
      delete: async ({ contactId }) => {
        contactOf(contactId);
        contacts.delete(contactId);
        histories.delete(contactId);
        emit({ type: "contact.removed", contactId });
      },
    },
    conversation: {
      list: async () =>
        [...contacts.values()].map(conversationOf).sort((a, b) => b.lastActivityMs - a.lastActivityMs),
      get: async ({ contactId }) => conversationOf(contactOf(contactId)),
      markRead: async ({ contactId }) => {
        unread.delete(contactId);
        return touch(contactId);
      },
      clear: async ({ contactId }) => {
        historyOf(contactId).clear();
        touch(contactId);
      },
    },
    message: {
      list: async ({ contactId, limit = 100, ...place }) => historyOf(contactId).page(place, limit),
      get: async ({ messageId }) => messageOf(messageId),
      send: async ({ contactId, text, replyTo }) => {
        if (text.trim() === "") throw new ChatError("badArgument", "There is no text to send.");
        if (contactOf(contactId).state === "deleted")
          throw new ChatError("notConnected", "This contact deleted the connection.");
        drafts.delete(contactId);
        const quoted = replyTo === undefined ? undefined : messageOf(replyTo);
        return putMessage(
          {
            ...newMessage(contactId, text),
            direction: "sent",
            status: { state: "pending" },
            ...(quoted !== undefined && {
              quote: {
                messageId: quoted.id,
                by: quoted.direction === "sent" ? "me" : "contact",
                text: quoted.text,
                atMs: quoted.sentAtMs,
              },
            }),
          },
          true,
        );
      },
      edit: async ({ messageId, text }) => putMessage({ ...messageOf(messageId), text, edited: true }, false),
      delete: async ({ messageId, for: scope }) => {
        const message = messageOf(messageId);
        if (scope === "both") {
          putMessage({ ...message, text: "", deletedBy: "me" }, false);
          return;
        }
        historyOf(message.contactId).remove(messageId);
        emit({ type: "message.removed", contactId: message.contactId, messageIds: [messageId] });
        touch(message.contactId);
      },
      react: async ({ messageId, emoji, add }) => {
        const message = messageOf(messageId);
        const others = message.reactions.filter((reaction) => reaction.emoji !== emoji);
        return putMessage(
          { ...message, reactions: add ? [...others, { emoji, count: 1, mine: true }] : others },
          false,
        );
      },
      retry: async ({ messageId }) =>
        putMessage({ ...messageOf(messageId), status: { state: "pending" } }, false),
      search: async ({ text, contactId, limit = 50 }) => {
        const found = [];
        for (const [id, history] of histories) {
          if (contactId !== undefined && contactId !== id) continue;
          for (const message of history.page({}, 200).messages.toReversed()) {
            const start = message.text.toLowerCase().indexOf(text.toLowerCase());
            if (start < 0 || found.length >= limit) continue;
            found.push({
              message,
              contactName: contactOf(id).profile.displayName,
              matches: [[start, start + text.length] as const],
            });
          }
        }
        return found;
      },
    },
    draft: {
      set: async ({ contactId, draft }) => {
        contactOf(contactId);
        const kept = draft.text !== "" || draft.replyTo !== undefined || draft.editing !== undefined;
        if (kept) drafts.set(contactId, draft);
        else drafts.delete(contactId);
        emit({ type: "draft.updated", contactId, ...(kept && { draft }) });
      },
    },
    invitation: {
      create: async ({ label, incognito }) => {
        const id = nextId++;
        const invitation: Invitation = {
          id,
          shortLink: `https://relay.example/i#${"Zm9vYmFyYmF6cXV4".repeat(2)}/${"c2hvcnQgbGluayBrZXkgb2YgMzIgYnl0ZXMhIS".padEnd(43, "x")}`,
          fullLink: `simplex:/invitation#/?v=2-8&smp=smp%3A%2F%2Fu2dS9sG8nMNURyZwqASV4yROM28Er0luVTx5X1CsMrU%3D%40relay.example%2F${"a".repeat(64)}`,
          createdAtMs: nowMs(),
          ...(label !== undefined && { label }),
          ...(incognito === true && { incognito: { displayName: "QuietOtter" } }),
        };
        invitations.unshift(invitation);
        emit({ type: "invitation.added", invitation });
        return invitation;
      },
      list: async () => [...invitations],
      cancel: async ({ invitationId }) => {
        const index = invitations.findIndex(({ id }) => id === invitationId);
        if (index < 0) throw new ChatError("notFound", "There is no such invitation.");
        invitations.splice(index, 1);
        emit({ type: "invitation.removed", invitationId, used: false });
      },
    },
    connection: {
      preview: async ({ link }) => {
        checkLink(link);
        return { kind: "invitation", own: false, profile: { displayName: "Margaret Hamilton" } };
      },
      join: async ({ link }) => {
        checkLink(link);
        return addContact("Margaret Hamilton", "connecting");
      },
      security: async ({ contactId }) => securityOf(contactOf(contactId)),
      rotate: async ({ contactId }) => ({ ...securityOf(contactOf(contactId)), rotating: true }),
      resync: async ({ contactId }) => ({ ...securityOf(contactOf(contactId)), ratchet: "running" }),
    },
    address: {
      get: async () => address,
      create: async () => {
        address ??= {
          shortLink: `https://relay.example/a#${"c2hvcnQgbGluayBrZXkgb2YgMzIgYnl0ZXMhIS".padEnd(43, "x")}`,
          fullLink: "simplex:/contact#/?v=2-8&smp=smp%3A%2F%2Frelay.example",
          createdAtMs: nowMs(),
        };
        emit({ type: "address.updated", address });
        return address;
      },
      update: async ({ autoAccept, welcomeText }) => {
        if (address === null) throw new ChatError("notFound", "There is no address.");
        const { autoAccept: before, ...rest } = address;
        const accept = autoAccept === undefined ? before : (autoAccept ?? undefined);
        address = {
          ...rest,
          ...(accept !== undefined && { autoAccept: accept }),
          ...(welcomeText !== undefined && { welcomeText }),
        };
        emit({ type: "address.updated", address });
        return address;
      },
      delete: async () => {
        address = null;
        emit({ type: "address.updated" });
      },
    },
    request: {
      list: async () => requests,
      accept: async ({ requestId }) => {
        const request = requests.find(({ id }) => id === requestId);
        if (request === undefined) throw new ChatError("notFound", "There is no such request.");
        requests = requests.filter(({ id }) => id !== requestId);
        emit({ type: "request.removed", requestId });
        return addContact(request.profile.displayName, "connecting");
      },
      reject: async ({ requestId }) => {
        requests = requests.filter(({ id }) => id !== requestId);
        emit({ type: "request.removed", requestId });
      },
    },
    relay: {
      list: async () => relays,
      set: async (params) => {
        relays = params.relays.map((relay) => ({ ...relay, host: hostOf(relay.address) }));
        statuses = relays.map(({ host }) => ({ host, state: "up" }));
        emit({ type: "relays.updated", relays });
        return relays;
      },
      presets: async () => [
        { operator: "Example Operator", conditionsUrl: "https://relay.example/conditions", addresses: [] },
      ],
      status: async () => statuses,
      test: async () => ({ tookMs: 12, version: 18 }),
      reconnect: async () => undefined,
    },
    network: {
      get: async () => network,
      set: async (params) => {
        network = { ...network, ...params };
        return network;
      },
    },
    storage: {
      info: async () => ({
        sizeBytes: 1_000_000,
        messages: total,
        contacts: contacts.size,
        passphrase: false,
      }),
      setPassphrase: async () => undefined,
      backup: async () => ({ sizeBytes: 1_000_000 }),
    },
    unsent: () =>
      [...histories.values()]
        .flatMap((history) => history.page({}, 200).messages)
        .filter(({ status }) => status?.state === "pending").length,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: async () => listeners.clear(),
    peer: {
      message: (contactId, text) => {
        const message: Message = {
          ...newMessage(contactId, text),
          direction: "received",
          receivedAtMs: nowMs(),
          read: false,
        };
        const open = unread.get(contactId);
        unread.set(contactId, { count: (open?.count ?? 0) + 1, first: open?.first ?? message.id });
        return putMessage(message, true);
      },
      status: (messageId, status) => {
        putMessage({ ...messageOf(messageId), status }, false);
      },
      takeInvitation: (displayName) => {
        const invitation = invitations.shift();
        if (invitation === undefined) throw new Error("cannot use an invitation: there is none");
        emit({ type: "invitation.removed", invitationId: invitation.id, used: true });
        return addContact(displayName, "connected", invitation.id);
      },
      request: (displayName, text) => {
        const request: ContactRequest = {
          id: nextId++,
          profile: { displayName },
          receivedAtMs: nowMs(),
          ...(text !== undefined && { text }),
        };
        requests = [request, ...requests];
        emit({ type: "request.added", request });
        return request;
      },
      relay: (status) => {
        statuses = [...statuses.filter(({ host }) => host !== status.host), status];
        emit({ type: "relay.status", status });
      },
      emit,
    },
  };
}

function checkLink(link: string): void {
  if (!/^(simplex:\/|https:\/\/)\S+#/.test(link))
    throw new ChatError("badLink", "This is not an invitation or address of the network.");
}

function hostOf(address: string): string {
  return /@([^:/,]+)/.exec(address)?.[1] ?? address;
}

function relayOf(address: string, origin: Relay["origin"]): Relay {
  return { address, host: hostOf(address), receive: true, proxy: true, origin, enabled: true };
}
