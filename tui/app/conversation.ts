import type { ContactId, Conversation, MessageId } from "../../core/chat/api.ts";
import { type Composer, type ComposerAction, compose, composerOf, draftOf } from "../composer/composer.ts";
import {
  anchorPlace,
  appendPage,
  prependPage,
  reveal,
  showFrom,
  type Thread,
  threadOf,
} from "../history/thread.ts";
import { derive, heightsOf, historyHeight, painter, showsConversation } from "./derived.ts";
import { noteDraft } from "./events.ts";
import { composerOfOpen, type Model, openConversation, without } from "./model.ts";
import type { Ui } from "./ui.ts";

/** Messages of one page, and how near to its end (in messages) the next one is read. */
const pageMessages = 100;
const loadAhead = 40;

/** What works on the open conversation: reading its history, following it, and what is typed in it. */
export class ConversationControl {
  readonly #ui: Ui;
  #opening = 0;
  #loading = false;
  #savingDraft: Promise<void> | undefined;
  readonly #unsaved = new Set<ContactId>();
  /** The open conversation, when something came into it that its reader could not see. */
  #missed: ContactId | undefined;
  /** What was marked as read last; once, also if that fails. */
  #marked: Conversation | undefined;

  constructor(ui: Ui) {
    this.#ui = ui;
    ui.onEvent((event) => {
      if (event.type === "conversation.updated" && event.conversation.contact.id === ui.model.openId)
        this.markRead();
    });
    // A screen closes, the list goes, the window grows: what was covered is seen.
    ui.subscribe(() => this.markRead());
  }

  /** Shows a conversation where reading stopped, or around a message. */
  async open(contactId: ContactId, around?: MessageId): Promise<void> {
    const ui = this.#ui;
    const opening = ++this.#opening;
    const conversation = ui.model.conversations.find(({ contact }) => contact.id === contactId);
    if (conversation === undefined) return;
    ui.update((before) => {
      const model = noteDraft(before);
      return {
        ...without(model, "thread", "screen", "picker", "notice"),
        openId: contactId,
        focus: "composer",
        composers: model.composers.has(contactId)
          ? model.composers
          : new Map(model.composers).set(contactId, composerOf(conversation.draft)),
      };
    });
    ui.lastOpen.set(contactId);
    const { firstUnreadId, unread } = conversation;
    const start = around ?? (unread > pageMessages / 2 ? firstUnreadId : undefined);
    const page = await ui.attempt(() =>
      ui.chat.message.list({ contactId, limit: pageMessages, ...(start !== undefined && { around: start }) }),
    );
    if (page === undefined || opening !== this.#opening) return;
    const mark =
      firstUnreadId !== undefined && unread > 0 ? { firstId: firstUnreadId, count: unread } : undefined;
    ui.update((model) => ({ ...model, thread: threadOf(contactId, page, mark) }));
    ui.update((model) => {
      if (model.thread === undefined) return model;
      if (around !== undefined) {
        const selected = { ...model.thread, selectedId: around };
        const thread = reveal(selected, around, heightsOf(model), historyHeight(model));
        return { ...model, focus: "messages", thread };
      }
      if (mark === undefined) return model;
      return {
        ...model,
        thread: showFrom(model.thread, mark.firstId, heightsOf(model), historyHeight(model)),
      };
    });
    this.markRead();
    await this.loadMore();
  }

  /** Moves the reader, or the selection, and reads on where the loaded part ends. */
  scroll(change: (thread: Thread, heightOf: (index: number) => number, height: number) => Thread): void {
    this.#ui.update((model) => {
      if (model.thread === undefined) return model;
      const thread = change(model.thread, heightsOf(model), historyHeight(model));
      return thread === model.thread ? model : { ...model, thread };
    });
    void this.loadMore();
    this.markRead();
  }

  /** The oldest or newest page of the history, wherever the reader is. */
  async jump(to: "top" | "end"): Promise<void> {
    const ui = this.#ui;
    const { thread } = ui.model;
    if (thread === undefined) return;
    const { contactId } = thread;
    if (to === "end" ? thread.hasNewer : thread.hasOlder) {
      const page = await ui.attempt(() =>
        ui.chat.message.list({ contactId, limit: pageMessages, ...(to === "top" && { after: 0 }) }),
      );
      if (page === undefined || ui.model.thread?.contactId !== contactId) return;
      ui.set({ thread: threadOf(contactId, page, thread.unread) });
    }
    const target = ui.model.thread?.messages[0]?.id;
    this.scroll((current, heightOf, height) => {
      if (to === "top" && target !== undefined) return showFrom(current, target, heightOf, height);
      const { anchor: _, ...rest } = current;
      return rest;
    });
  }

  /** Reads the next page up or down when the view is near the end of what is loaded. */
  async loadMore(): Promise<void> {
    const ui = this.#ui;
    const { thread } = ui.model;
    if (thread === undefined || this.#loading) return;
    const view = painter.view(thread, derive(ui.model).block, historyHeight(ui.model));
    const older = thread.hasOlder && view.messagesAbove < loadAhead;
    const newer = thread.hasNewer && view.messagesBelow < loadAhead;
    if (!older && !newer) return;
    const edge = older ? thread.messages[0]?.id : thread.messages.at(-1)?.id;
    if (edge === undefined) return;
    this.#loading = true;
    const { contactId } = thread;
    const page = await ui.attempt(() =>
      ui.chat.message.list({
        contactId,
        limit: pageMessages,
        ...(older ? { before: edge } : { after: edge }),
      }),
    );
    this.#loading = false;
    if (page === undefined || ui.model.thread?.contactId !== contactId) return;
    ui.update((model) => {
      if (model.thread === undefined) return model;
      // The view hangs on its bottom row; held there, nothing moves while the page comes in.
      const held = newer && !older ? hold(model.thread) : model.thread;
      return { ...model, thread: older ? prependPage(held, page) : appendPage(held, page) };
    });
    await this.loadMore();
  }

  /** What the reader has before their eyes counts as read; what came while it was out of sight is marked. */
  markRead(): void {
    const ui = this.#ui;
    const { model } = ui;
    const conversation = openConversation(model);
    if (conversation === undefined || conversation.unread === 0 || model.thread === undefined) return;
    const contactId = conversation.contact.id;
    const { hasNewer, anchor } = model.thread;
    if (!model.attended || !showsConversation(model) || hasNewer || anchor !== undefined) {
      this.#missed = contactId;
      return;
    }
    if (this.#marked === conversation) return;
    this.#marked = conversation;
    const { firstUnreadId: firstId, unread: count } = conversation;
    if (this.#missed === contactId && firstId !== undefined)
      ui.set({ thread: { ...model.thread, unread: { firstId, count } } });
    this.#missed = undefined;
    void ui.attempt(() => ui.chat.conversation.markRead({ contactId }));
  }

  compose(action: ComposerAction): boolean {
    const { model } = this.#ui;
    const before = composerOfOpen(model);
    const after = compose(before, action);
    if (after === before) return false;
    this.#put(model.openId, after);
    return true;
  }

  #put(contactId: ContactId | undefined, composer: Composer): void {
    if (contactId === undefined) return;
    this.#show(contactId, composer);
    this.#unsaved.add(contactId);
    this.#savingDraft ??= this.#saveDrafts().finally(() => {
      this.#savingDraft = undefined;
    });
  }

  #show(contactId: ContactId, composer: Composer): void {
    this.#ui.update((model) => ({ ...model, composers: new Map(model.composers).set(contactId, composer) }));
  }

  // One write at a time, always of the newest text: each key is kept, and fast typing does not queue up.
  async #saveDrafts(): Promise<void> {
    // The screen first, which is drawn in the turn after this one: a commit waits for the disk.
    await nextTurn();
    await nextTurn();
    for (const contactId of this.#unsaved) {
      this.#unsaved.delete(contactId);
      const composer = this.#ui.model.composers.get(contactId);
      if (composer === undefined) continue;
      await this.#ui.attempt(() => this.#ui.chat.draft.set({ contactId, draft: draftOf(composer) }));
    }
  }

  /** Drafts are on the disk when this resolves. */
  async settled(): Promise<void> {
    await this.#savingDraft;
  }

  /** Sends what is typed, or saves the edit; the text comes back if that fails. */
  async send(): Promise<void> {
    const ui = this.#ui;
    const { openId } = ui.model;
    const before = composerOfOpen(ui.model);
    const { text } = before.edit;
    if (openId === undefined || text.trim() === "") return;
    // The stored draft stays until the message is committed, which removes it: no moment is without either.
    this.#show(openId, compose(before, { type: "sent" }));
    this.#unsaved.delete(openId);
    await this.settled();
    const sent = await ui.attempt(() =>
      before.editing !== undefined
        ? ui.chat.message.edit({ messageId: before.editing, text })
        : ui.chat.message.send({
            contactId: openId,
            text,
            ...(before.replyTo !== undefined && { replyTo: before.replyTo }),
          }),
    );
    if (sent === undefined) this.#put(openId, before);
    else if (before.editing === undefined) this.#leaveUnreadLine();
    if (sent !== undefined && before.editing === undefined && ui.model.openId === openId)
      await this.jump("end");
  }

  #leaveUnreadLine(): void {
    this.#ui.update((model) => {
      if (model.thread?.unread === undefined) return model;
      const { unread: _, ...thread } = model.thread;
      return { ...model, thread };
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An anchor where the view is, also at the end: what comes below does not move it. */
function hold(thread: Thread): Thread {
  const { index, below } = anchorPlace(thread);
  const id = thread.messages[index]?.id;
  return id === undefined ? thread : { ...thread, anchor: { id, below } };
}

/** A conversation that exists and its id, for commands that need one. */
export function openContactId(model: Model): ContactId | undefined {
  return openConversation(model)?.contact.id;
}
