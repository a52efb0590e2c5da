import { expect, test } from "vitest";
import type { Conversation } from "../../core/chat/api.ts";
import { fakeContact, fakeMessage } from "../../core/chat/testing/fake-data.ts";
import { threadOf } from "../history/thread.ts";
import { defaultKeyMap } from "../keys/keymap.ts";
import { applyEvent } from "./events.ts";
import { initialModel, type Model, placeOf, unreadTotal } from "./model.ts";

const nowMs = 1_800_000_000_000;
const conversation = (id: number, lastActivityMs: number, unread = 0): Conversation => ({
  contact: fakeContact(id, nowMs),
  lastActivityMs,
  unread,
});
const base: Model = {
  ...initialModel({ columns: 80, rows: 24 }, nowMs, defaultKeyMap),
  conversations: [conversation(1, 300), conversation(2, 200, 2), conversation(3, 100)],
};
const ids = (model: Model) => model.conversations.map(({ contact }) => contact.id);

test("a conversation with news moves to its place by time", () => {
  const update = (id: number, at: number) =>
    applyEvent(base, { type: "conversation.updated", conversation: conversation(id, at) });
  expect(ids(update(3, 400))).toEqual([3, 1, 2]);
  expect(ids(update(1, 150))).toEqual([2, 1, 3]);
  expect(ids(update(4, 50))).toEqual([1, 2, 3, 4]);
  expect(ids(update(2, 200))).toEqual([1, 2, 3]);
});

test("a contact that goes closes its conversation", () => {
  const open: Model = {
    ...base,
    openId: 2,
    focus: "composer",
    thread: threadOf(2, { messages: [], hasOlder: false, hasNewer: false }),
  };
  const after = applyEvent(open, { type: "contact.removed", contactId: 2 });
  expect(after.openId).toBeUndefined();
  expect(after.thread).toBeUndefined();
  expect(placeOf(after)).toBe("chats");
});

test("messages reach the open conversation only", () => {
  const message = fakeMessage(2, 0, 1, nowMs);
  const open: Model = {
    ...base,
    openId: 2,
    thread: threadOf(2, { messages: [], hasOlder: false, hasNewer: false }),
  };
  expect(applyEvent(open, { type: "message.added", message }).thread?.messages).toEqual([message]);
  expect(applyEvent(open, { type: "message.added", message: fakeMessage(1, 0, 1, nowMs) })).toBe(open);
  const shown = applyEvent(open, { type: "message.added", message });
  const edited = { ...message, text: "new" };
  expect(applyEvent(shown, { type: "message.updated", message: edited }).thread?.messages).toEqual([edited]);
  expect(
    applyEvent(shown, { type: "message.removed", contactId: 2, messageIds: [message.id] }).thread?.messages,
  ).toEqual([]);
});

test("unread messages of muted contacts are not counted, requests are", () => {
  const muted = { ...conversation(9, 1, 5), contact: { ...fakeContact(9, nowMs), muted: true } };
  const model = { ...base, conversations: [...base.conversations, muted] };
  expect(
    unreadTotal(
      applyEvent(model, {
        type: "request.added",
        request: { id: 1, profile: { displayName: "x" }, receivedAtMs: 1 },
      }),
    ),
  ).toBe(3);
});

test("relay states replace each other by host", () => {
  const down = applyEvent(base, { type: "relay.status", status: { host: "a", state: "down" } });
  const up = applyEvent(down, { type: "relay.status", status: { host: "a", state: "up" } });
  expect(up.relays).toEqual([{ host: "a", state: "up" }]);
});
