import type { ChatEvent, ContactId, InvitationId, MessageId } from "../api.ts";

/** What reads the present state of something from the store, or undefined when it is gone. */
export interface Views {
  message(id: MessageId): Extract<ChatEvent, { type: "message.added" }>["message"] | undefined;
  contact(id: ContactId): Extract<ChatEvent, { type: "contact.updated" }>["contact"] | undefined;
  conversation(
    id: ContactId,
  ): Extract<ChatEvent, { type: "conversation.updated" }>["conversation"] | undefined;
}

/**
 * Collects what changed in a transaction and tells it after the commit, read from the store anew: what a
 * transaction that failed did is told to nobody, and a conversation that changed three times is told once.
 */
export class Changes {
  readonly #views: Views;
  readonly #listeners = new Set<(event: ChatEvent) => void>();
  readonly #contacts = new Map<ContactId, { added: boolean; invitationId?: InvitationId | undefined }>();
  readonly #messages = new Map<MessageId, "added" | "updated">();
  readonly #removed = new Map<ContactId, MessageId[]>();
  readonly #conversations = new Set<ContactId>();
  #others: ChatEvent[] = [];
  #scheduled = false;

  constructor(views: Views) {
    this.#views = views;
  }

  subscribe(listener: (event: ChatEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  contact(id: ContactId): void {
    if (!this.#contacts.has(id)) this.#contacts.set(id, { added: false });
    this.#conversations.add(id);
  }

  contactAdded(id: ContactId, invitationId?: InvitationId): void {
    this.#contacts.set(id, { added: true, invitationId });
    this.#conversations.add(id);
  }

  conversation(id: ContactId): void {
    this.#conversations.add(id);
  }

  messageAdded(contactId: ContactId, id: MessageId): void {
    this.#messages.set(id, "added");
    this.#conversations.add(contactId);
  }

  messageUpdated(contactId: ContactId, id: MessageId): void {
    if (!this.#messages.has(id)) this.#messages.set(id, "updated");
    this.#conversations.add(contactId);
  }

  messageRemoved(contactId: ContactId, id: MessageId): void {
    this.#messages.delete(id);
    this.#removed.set(contactId, [...(this.#removed.get(contactId) ?? []), id]);
    this.#conversations.add(contactId);
  }

  /** An event that carries its own state. */
  other(event: ChatEvent): void {
    this.#others.push(event);
  }

  /** Tells what changed in a transaction of somebody else, once that has ended. */
  flushSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  /** Tells everything that changed. Not to be called in a transaction. */
  flush(): void {
    this.#scheduled = false;
    for (const event of this.#take()) for (const listener of this.#listeners) listener(event);
  }

  #take(): readonly ChatEvent[] {
    const events: ChatEvent[] = [...this.#others];
    for (const [id, { added, invitationId }] of this.#contacts) {
      const contact = this.#views.contact(id);
      if (contact === undefined) continue;
      if (!added) events.push({ type: "contact.updated", contact });
      else
        events.push({
          type: "contact.added",
          contact,
          ...(invitationId === undefined ? {} : { invitationId }),
        });
    }
    for (const [id, kind] of this.#messages) {
      const message = this.#views.message(id);
      if (message !== undefined) events.push({ type: `message.${kind}`, message });
    }
    for (const [contactId, messageIds] of this.#removed)
      events.push({ type: "message.removed", contactId, messageIds });
    for (const id of this.#conversations) {
      const conversation = this.#views.conversation(id);
      if (conversation !== undefined) events.push({ type: "conversation.updated", conversation });
    }
    this.#others = [];
    for (const collection of [this.#contacts, this.#messages, this.#removed, this.#conversations])
      collection.clear();
    return events;
  }
}
