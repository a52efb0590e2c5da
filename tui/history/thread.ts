import type { ContactId, Message, MessageId, MessagePage } from "../../core/chat/api.ts";

/** Messages kept in memory of the open conversation; scrolling on loads and drops pages. */
export const threadMessagesMax = 600;

/**
 * The part of one conversation that is loaded, and where the reader stands in it. `messages` has no holes: the
 * history's own order, oldest first. The view hangs on its bottom row: at the end of the history (`anchor`
 * undefined), or `below` rows above the end of the message `id`.
 */
export interface Thread {
  readonly contactId: ContactId;
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly anchor?: { readonly id: MessageId; readonly below: number };
  readonly selectedId?: MessageId;
  /** Where reading stopped when the conversation was opened: the "2 new" line stands above it. */
  readonly unread?: { readonly firstId: MessageId; readonly count: number };
}

/** How many rows the message at `index` of `messages` takes. */
export type HeightOf = (index: number) => number;

export function threadOf(contactId: ContactId, page: MessagePage, unread?: Thread["unread"]): Thread {
  return { contactId, ...page, ...(unread !== undefined && { unread }) };
}

/** Older messages were loaded: they go on top. The newest are let go when there are too many. */
export function prependPage(thread: Thread, page: MessagePage): Thread {
  const first = thread.messages[0]?.id ?? Number.POSITIVE_INFINITY;
  const messages = [...page.messages.filter(({ id }) => id < first), ...thread.messages];
  const kept = messages.slice(0, threadMessagesMax);
  return {
    ...thread,
    messages: kept,
    hasOlder: page.hasOlder,
    hasNewer: thread.hasNewer || kept.length < messages.length,
  };
}

/** Newer messages were loaded: they go below. The oldest are let go when there are too many. */
export function appendPage(thread: Thread, page: MessagePage): Thread {
  const last = thread.messages.at(-1)?.id ?? 0;
  const messages = [...thread.messages, ...page.messages.filter(({ id }) => id > last)];
  const kept = messages.slice(-threadMessagesMax);
  return {
    ...thread,
    messages: kept,
    hasNewer: page.hasNewer,
    hasOlder: thread.hasOlder || kept.length < messages.length,
  };
}

/** A new message of this conversation; one that stands beyond what is loaded is left for when the reader gets there. */
export function addMessage(thread: Thread, message: Message): Thread {
  if (message.contactId !== thread.contactId || thread.hasNewer) return thread;
  if (thread.messages.some(({ id }) => id === message.id)) return changeMessage(thread, message);
  return appendPage(thread, { messages: [message], hasOlder: false, hasNewer: false });
}

export function changeMessage(thread: Thread, message: Message): Thread {
  const index = thread.messages.findIndex(({ id }) => id === message.id);
  return index < 0 ? thread : { ...thread, messages: thread.messages.with(index, message) };
}

export function removeMessages(thread: Thread, ids: readonly MessageId[]): Thread {
  const messages = thread.messages.filter(({ id }) => !ids.includes(id));
  const { selectedId, anchor, ...rest } = thread;
  const near = (gone: MessageId) => messages.findLast(({ id }) => id < gone)?.id;
  const selected = selectedId !== undefined && ids.includes(selectedId) ? near(selectedId) : selectedId;
  const anchorId = anchor !== undefined && ids.includes(anchor.id) ? near(anchor.id) : anchor?.id;
  return {
    ...rest,
    messages,
    ...(selected !== undefined && { selectedId: selected }),
    ...(anchorId !== undefined && {
      anchor: { id: anchorId, below: anchorId === anchor?.id ? (anchor?.below ?? 0) : 0 },
    }),
  };
}

/** The reader goes `rows` up (negative: down) in a view of `height` rows. */
export function scrollBy(thread: Thread, rows: number, heightOf: HeightOf, height: number): Thread {
  const last = thread.messages.length - 1;
  if (last < 0) return thread;
  let { index, below } = anchorPlace(thread);
  below += rows;
  while (below < 0 && index < last) {
    index++;
    below += heightOf(index);
  }
  while (index > 0 && below >= heightOf(index)) {
    below -= heightOf(index);
    index--;
  }
  if (below < 0 || (index === last && below === 0)) return toEnd(thread);
  return clampTop(setAnchor(thread, index, below), heightOf, height);
}

/** Back to the newest loaded message. */
export function toEnd(thread: Thread): Thread {
  const { anchor, ...rest } = thread;
  return anchor === undefined ? thread : rest;
}

/** Puts `id` into the view, where it is not yet, with as little movement as possible. */
export function reveal(thread: Thread, id: MessageId, heightOf: HeightOf, height: number): Thread {
  const target = thread.messages.findIndex((message) => message.id === id);
  if (target < 0) return thread;
  const { index, below } = anchorPlace(thread);
  if (target >= index) {
    // Its last row has to be at or above the bottom row.
    if (target === index && below === 0) return thread;
    return target === thread.messages.length - 1 ? toEnd(thread) : setAnchor(thread, target, 0);
  }
  let rows = -below;
  for (let i = index; i >= target && rows <= height; i--) rows += heightOf(i);
  return rows <= height ? thread : clampTop(anchorAt(thread, target, height, heightOf), heightOf, height);
}

/** Puts the first row of message `id` on the top row, unless everything from there on fits into the view. */
export function showFrom(thread: Thread, id: MessageId, heightOf: HeightOf, height: number): Thread {
  const target = thread.messages.findIndex((message) => message.id >= id);
  return target < 0 ? toEnd(thread) : anchorAt(thread, target, height, heightOf);
}

/** An anchor that has the first row of message `target` on the top row of the view. */
function anchorAt(thread: Thread, target: number, height: number, heightOf: HeightOf): Thread {
  let rows = 0;
  let index = target;
  while (index < thread.messages.length) {
    rows += heightOf(index);
    if (rows >= height) return setAnchor(thread, index, rows - height);
    index++;
  }
  return toEnd(thread);
}

/** Selects the message `by` places further (negative: older); events can't be selected. Undefined when there is none. */
export function selectBy(thread: Thread, by: 1 | -1): MessageId | undefined {
  const { messages, selectedId } = thread;
  const start =
    selectedId === undefined ? messages.length : messages.findIndex(({ id }) => id === selectedId);
  for (let index = start + by; index >= 0 && index < messages.length; index += by) {
    const message = messages[index];
    if (message !== undefined && message.content.type !== "event") return message.id;
  }
  return undefined;
}

/** Index of the message at the bottom of the view and how many of its rows are below it. */
export function anchorPlace({ messages, anchor }: Thread): { index: number; below: number } {
  const last = messages.length - 1;
  if (anchor === undefined) return { index: last, below: 0 };
  const index = messages.findIndex(({ id }) => id === anchor.id);
  return index < 0 ? { index: last, below: 0 } : { index, below: anchor.below };
}

function setAnchor(thread: Thread, index: number, below: number): Thread {
  const id = thread.messages[index]?.id;
  return id === undefined ? thread : { ...thread, anchor: { id, below } };
}

/** Not above the top: the first row of the first message is at most on the view's first row. */
function clampTop(thread: Thread, heightOf: HeightOf, height: number): Thread {
  const { index, below } = anchorPlace(thread);
  let rows = -below;
  for (let i = index; i >= 0; i--) {
    rows += heightOf(i);
    if (rows >= height) return thread;
  }
  return anchorAt(thread, 0, height, heightOf);
}
