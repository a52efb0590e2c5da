import { expect, test } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import type { KnownEvent } from "../protocol/events.ts";
import type { MessageRecord } from "../store/records.ts";
import { newMessageEvent } from "./new-message.ts";
import { bodyOf } from "./outgoing.ts";

/** A reply, with a quoted text unless undefined. */
function reply(text: string, quoted?: string): MessageRecord {
  return {
    id: 2,
    contactId: 1,
    direction: "sent",
    sentAtMs: 0,
    receivedAtMs: 0,
    content: { type: "text", text },
    reactions: { mine: [], theirs: [] },
    edited: false,
    forwarded: false,
    live: false,
    read: true,
    sharedId: "AAAA",
    ...(quoted === undefined
      ? {}
      : { quote: { by: "contact", text: quoted, atMs: 0 }, quotedSharedId: "BBBB" }),
  };
}

const upTo = (lengthMax: number) => (event: KnownEvent) => bodyOf(event).length <= lengthMax;

function quotedIn(event: KnownEvent): string | undefined {
  return event.event === "x.msg.new" ? event.params.quote?.content.text : undefined;
}

test("a quote that fits goes whole, and what has none is not changed", () => {
  expect(quotedIn(newMessageEvent(reply("yes", "really?"), upTo(1000)))).toBe("really?");
  expect(quotedIn(newMessageEvent(reply("yes"), () => false))).toBeUndefined();
});

test("of one that does not fit as much is kept as fits, in whole characters", () => {
  for (let lengthMax = 300; lengthMax < 320; lengthMax++) {
    const event = newMessageEvent(reply("yes", 'a"😀'.repeat(100)), upTo(lengthMax));
    const length = bodyOf(event).length;
    expect(length).toBeLessThanOrEqual(lengthMax);
    // One more character has four bytes at most.
    expect(length).toBeGreaterThan(lengthMax - 4);
    expect(quotedIn(event)).toMatch(/^(?:a"😀)+a?"?…$/u);
    expect(utf8Encode(quotedIn(event) ?? "")).not.toContain(0xef);
  }
});

test("when nothing of it fits, what is left is the text", () => {
  expect(quotedIn(newMessageEvent(reply("x".repeat(1000), "quoted"), upTo(1000)))).toBe("…");
});
