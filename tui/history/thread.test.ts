import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeMessage } from "../../core/chat/testing/fake-data.ts";
import { FakeHistory } from "../../core/chat/testing/fake-history.ts";
import {
  addMessage,
  appendPage,
  prependPage,
  removeMessages,
  reveal,
  scrollBy,
  selectBy,
  showFrom,
  type Thread,
  threadMessagesMax,
  threadOf,
  toEnd,
} from "./thread.ts";
import { HistoryPainter } from "./view.ts";

const nowMs = new Date("2026-11-23T14:30:00").getTime();
const context = { width: 80, nowMs, peerName: "Grace", peerRole: "name0" } as const;
const history = new FakeHistory(1, 2000, nowMs);
const painter = new HistoryPainter();

function newest(limit: number): Thread {
  return threadOf(1, history.page({}, limit));
}
function text(thread: Thread, height: number): string[] {
  return painter.view(thread, context, height).lines.map((line) => line.map((part) => part.text).join(""));
}
function heights(thread: Thread) {
  return painter.heightOf(thread, context);
}
/** All rows of what is loaded, as one view. */
function allRows(thread: Thread): string[] {
  const total = thread.messages.reduce((sum, _, index) => sum + heights(thread)(index), 0);
  return text(toEnd(thread), total);
}

test("scrolling by any steps shows the rows that stand there", () => {
  const thread = newest(60);
  const rows = allRows(thread);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 20 }), (steps) => {
      let place = 0;
      let at = thread;
      for (const step of steps) {
        at = scrollBy(at, step, heights(at), 20);
        place = Math.min(rows.length - 20, Math.max(0, place + step));
      }
      expect(text(at, 20)).toEqual(rows.slice(rows.length - 20 - place, rows.length - place));
    }),
  );
});

test("a view at the top that grows is filled from below", () => {
  const thread = newest(60);
  const rows = allRows(thread);
  const atTop = scrollBy(thread, 10_000, heights(thread), 10);
  expect(text(atTop, 30)).toEqual(rows.slice(0, 30));
  const few = newest(2);
  const grown = text(scrollBy(few, 10_000, heights(few), 2), 40);
  expect(grown.slice(-allRows(few).length)).toEqual(allRows(few));
});

test("loading older pages does not move what is on the screen", () => {
  const thread = scrollBy(newest(100), 150, heights(newest(100)), 20);
  const before = text(thread, 20);
  const first = thread.messages[0]?.id ?? 0;
  const longer = prependPage(thread, history.page({ before: first }, 100));
  expect(longer.messages).toHaveLength(200);
  expect(text(longer, 20)).toEqual(before);
});

test("memory stays bounded through a whole history, up and down again, without a hole", () => {
  let thread = newest(100);
  while (thread.hasOlder) {
    thread = prependPage(thread, history.page({ before: thread.messages[0]?.id ?? 0 }, 100));
    expect(thread.messages.length).toBeLessThanOrEqual(threadMessagesMax);
  }
  expect(thread.messages[0]?.id).toBe(history.at(0)?.id);
  while (thread.hasNewer)
    thread = appendPage(thread, history.page({ after: thread.messages.at(-1)?.id ?? 0 }, 100));
  expect(thread.messages.at(-1)?.id).toBe(history.last()?.id);
  const ids = thread.messages.map(({ id }) => id);
  expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
});

test("a new message shows at the end, and leaves a reader further up where they are", () => {
  const message = { ...fakeMessage(1, 2000, 2000, nowMs), text: "brand new" };
  expect(text(addMessage(newest(50), message), 10).join()).toContain("brand new");
  const up = scrollBy(newest(50), 40, heights(newest(50)), 10);
  expect(text(addMessage(up, message), 10)).toEqual(text(up, 10));
});

test("selection goes over messages only, and is revealed", () => {
  let thread = newest(100);
  for (let step = 0; step < 30; step++) {
    const id = selectBy(thread, -1);
    expect(id).toBeDefined();
    thread = reveal({ ...thread, ...(id !== undefined && { selectedId: id }) }, id ?? 0, heights(thread), 20);
    expect(text(thread, 20).some((row) => row.startsWith(" ▌"))).toBe(true);
  }
  for (let step = 0; step < 29; step++) {
    const id = selectBy(thread, 1);
    thread = reveal({ ...thread, ...(id !== undefined && { selectedId: id }) }, id ?? 0, heights(thread), 20);
    expect(text(thread, 20).some((row) => row.startsWith(" ▌"))).toBe(true);
  }
  expect(selectBy({ ...thread, selectedId: thread.messages.at(-1)?.id ?? 0 }, 1)).toBeUndefined();
});

test("removing the message the view hangs on keeps the view near", () => {
  const thread = scrollBy(newest(100), 50, heights(newest(100)), 20);
  const id = thread.anchor?.id ?? 0;
  expect(removeMessages(thread, [id]).anchor?.id).toBe(id - 1);
});

test("reading starts on the first row of a message, or at the end when all below it fits", () => {
  const thread = newest(60);
  const rows = allRows(thread);
  const top = showFrom(thread, thread.messages[0]?.id ?? 0, heights(thread), 20);
  expect(text(top, 20)).toEqual(rows.slice(0, 20));
  expect(text(showFrom(top, thread.messages[59]?.id ?? 0, heights(thread), 20), 20)).toEqual(rows.slice(-20));
});
