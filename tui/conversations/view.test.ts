import { beforeAll, expect, test } from "vitest";
import type { Conversation } from "../../core/chat/api.ts";
import { createFakeChat } from "../../core/chat/testing/fake-chat.ts";
import { lineText } from "../style/line.ts";
import { textWidth } from "../text/width.ts";
import { type Entry, entriesOf, filterEntries } from "./entries.ts";
import { listLines } from "./view.ts";

const nowMs = new Date("2026-11-23T14:30:00").getTime();
let conversations: readonly Conversation[];
let entries: Entry[];

beforeAll(async () => {
  conversations = await createFakeChat({
    nowMs: () => nowMs,
    contacts: 100,
    messages: 2000,
  }).conversation.list();
  entries = entriesOf({ conversations, invitations: [], requests: [] });
});

function rows(overrides: Partial<Parameters<typeof listLines>[0]>, width: number, height: number): string[] {
  const state = { entries, currentKey: "contact 1", focused: false, filter: "", nowMs, ...overrides };
  return listLines(state, width, height).map(lineText);
}

test("every row takes the room it has and no more", () => {
  for (const [width, height] of [
    [28, 10],
    [30, 20],
    [44, 40],
    [80, 20],
  ] as const) {
    const drawn = rows({}, width, height);
    expect(drawn).toHaveLength(height);
    for (const row of drawn) expect(textWidth(row)).toBeLessThanOrEqual(width);
  }
});

test("the current entry is always among those drawn", () => {
  for (const entry of entries) {
    const drawn = rows({ currentKey: entry.key }, 30, 20);
    expect(drawn.some((row) => row.startsWith("▌"))).toBe(true);
  }
});

test("an entry tells name, time, unread count and last message", () => {
  const drawn = rows({}, 36, 12).join("\n");
  expect(drawn).toContain("Grace Hopper");
  expect(drawn).toMatch(/14:30/);
  const unread = entries.find((entry) => entry.kind === "contact" && entry.conversation.unread > 0);
  expect(rows({ entries: unread === undefined ? [] : [unread] }, 36, 4).join("\n")).toMatch(/ 2 \n/);
});

test("a draft stands in place of the last message", () => {
  const first = conversations[0];
  expect(first).toBeDefined();
  if (first === undefined) return;
  const drafted = entriesOf({
    conversations: [{ ...first, draft: { text: "half a\nline" } }],
    invitations: [],
    requests: [],
  });
  expect(rows({ entries: drafted, currentKey: undefined }, 40, 4).join("\n")).toContain("draft: half a line");
  // In the open conversation it is in the composer already.
  expect(rows({ entries: drafted }, 40, 4).join("\n")).not.toContain("draft:");
});

test("what a peer put into a name does not reach the screen", () => {
  const first = conversations[0];
  if (first === undefined) return;
  const contact = { ...first.contact, profile: { displayName: "Eve\x1b[2J\u202e\nx" } };
  const drawn = rows(
    { entries: entriesOf({ conversations: [{ ...first, contact }], invitations: [], requests: [] }) },
    40,
    4,
  );
  expect(drawn.join("")).toContain("Eve x");
  expect(drawn.join("")).not.toMatch(/[\x1b\u202e]/);
});

test("requests stand on top, and names are found by all their words", () => {
  const all = entriesOf({
    conversations,
    invitations: [{ id: 9, fullLink: "simplex:/x", createdAtMs: nowMs + 1 }],
    requests: [{ id: 5, profile: { displayName: "Hedy" }, receivedAtMs: 0 }],
  });
  expect(all.slice(0, 2).map(({ kind }) => kind)).toEqual(["request", "invitation"]);
  expect(filterEntries(all, "hop gra").map(({ key }) => key)).toEqual(["contact 1"]);
});
