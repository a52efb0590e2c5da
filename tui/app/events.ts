import type { ChatEvent, Contact, Conversation } from "../../core/chat/api.ts";
import { draftOf } from "../composer/composer.ts";
import { addMessage, changeMessage, removeMessages, type Thread } from "../history/thread.ts";
import { type Model, without } from "./model.ts";

/** The model after something happened in the chat; the same object when nothing that is shown changed. */
export function applyEvent(model: Model, event: ChatEvent): Model {
  switch (event.type) {
    case "profile.updated":
      return { ...model, profile: event.profile };
    case "contact.added":
      return model.conversations.some(({ contact }) => contact.id === event.contact.id)
        ? withContact(model, event.contact)
        : putConversation(model, {
            contact: event.contact,
            lastActivityMs: event.contact.createdAtMs,
            unread: 0,
          });
    case "contact.updated":
      return withContact(model, event.contact);
    case "contact.removed": {
      const conversations = model.conversations.filter(({ contact }) => contact.id !== event.contactId);
      const next: Model = { ...model, conversations };
      return model.openId === event.contactId
        ? { ...without(next, "openId", "thread"), focus: "chats" }
        : next;
    }
    case "conversation.updated":
      return changesDraftOnly(model, event.conversation) ? model : putConversation(model, event.conversation);
    case "message.added":
      return withThread(model, (thread) => addMessage(thread, event.message));
    case "message.updated":
      return withThread(model, (thread) => changeMessage(thread, event.message));
    case "message.removed":
      return withThread(model, (thread) =>
        thread.contactId === event.contactId ? removeMessages(thread, event.messageIds) : thread,
      );
    case "draft.updated":
      // The list is told by conversation.updated, the composer has what was typed already.
      return model;
    case "invitation.added":
      return {
        ...model,
        invitations: [event.invitation, ...model.invitations.filter(({ id }) => id !== event.invitation.id)],
      };
    case "invitation.removed":
      return { ...model, invitations: model.invitations.filter(({ id }) => id !== event.invitationId) };
    case "address.updated":
      return { ...model, address: event.address ?? null };
    case "request.added":
      return {
        ...model,
        requests: [event.request, ...model.requests.filter(({ id }) => id !== event.request.id)],
      };
    case "request.removed":
      return { ...model, requests: model.requests.filter(({ id }) => id !== event.requestId) };
    case "relays.updated":
      return {
        ...model,
        relays: model.relays.filter(({ host }) => event.relays.some((relay) => relay.host === host)),
      };
    case "relay.status": {
      const index = model.relays.findIndex(({ host }) => host === event.status.host);
      return {
        ...model,
        relays: index < 0 ? [...model.relays, event.status] : model.relays.with(index, event.status),
      };
    }
    case "warning":
      return { ...model, notice: { text: event.text, error: true } };
  }
}

/**
 * The draft of the open conversation is in its composer, and before everybody's eyes: that it was saved changes
 * nothing on the screen, and comes with each key.
 */
function changesDraftOnly(model: Model, { draft: _, ...after }: Conversation): boolean {
  if (after.contact.id !== model.openId || model.focus === "chats") return false;
  const found = model.conversations.find(({ contact }) => contact.id === after.contact.id);
  if (found === undefined) return false;
  const { draft: __, ...before } = found;
  return JSON.stringify(before) === JSON.stringify(after);
}

/** The model with what is typed in the open conversation as its draft in the list; for when it is left. */
export function noteDraft(model: Model): Model {
  const composer = model.openId === undefined ? undefined : model.composers.get(model.openId);
  const index = model.conversations.findIndex(({ contact }) => contact.id === model.openId);
  const found = model.conversations[index];
  if (composer === undefined || found === undefined) return model;
  const { draft: before, ...rest } = found;
  const draft = draftOf(composer);
  if ((before?.text ?? "") === draft.text) return model;
  const noted: Conversation = draft.text === "" ? rest : { ...rest, draft };
  return { ...model, conversations: model.conversations.with(index, noted) };
}

function withThread(model: Model, change: (thread: Thread) => Thread): Model {
  if (model.thread === undefined) return model;
  const thread = change(model.thread);
  return thread === model.thread ? model : { ...model, thread };
}

function withContact(model: Model, contact: Contact): Model {
  const index = model.conversations.findIndex((conversation) => conversation.contact.id === contact.id);
  const found = model.conversations[index];
  if (found === undefined) return model;
  return { ...model, conversations: model.conversations.with(index, { ...found, contact }) };
}

/** Puts a conversation to its place by time: nearly always where it was, or on top. */
function putConversation(model: Model, conversation: Conversation): Model {
  const { id } = conversation.contact;
  const index = model.conversations.findIndex(({ contact }) => contact.id === id);
  if (index >= 0 && model.conversations[index]?.lastActivityMs === conversation.lastActivityMs)
    return { ...model, conversations: model.conversations.with(index, conversation) };
  const others = model.conversations.filter(({ contact }) => contact.id !== id);
  const place = others.findIndex(({ lastActivityMs }) => lastActivityMs <= conversation.lastActivityMs);
  const at = place < 0 ? others.length : place;
  return { ...model, conversations: others.toSpliced(at, 0, conversation) };
}
