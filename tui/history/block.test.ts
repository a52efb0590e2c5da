import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../../core/chat/api.ts";
import { fakeMessage } from "../../core/chat/testing/fake-data.ts";
import { lineText } from "../style/line.ts";
import { createTheme } from "../style/theme.ts";
import { textWidth } from "../text/width.ts";
import { type BlockContext, messageBlock } from "./block.ts";

const nowMs = new Date("2026-11-23T14:30:00").getTime();
const context: BlockContext = { width: 60, nowMs, peerName: "Grace", peerRole: "name0" };
const base: Message = {
  id: 1,
  contactId: 1,
  direction: "received",
  sentAtMs: nowMs,
  content: { type: "text" },
  text: "hello",
  forwarded: false,
  edited: false,
  live: false,
  reactions: [],
  read: true,
};
const sent: Message = { ...base, direction: "sent", status: { state: "sent" } };

function rows(message: Message, previous?: Message): string[] {
  return messageBlock(message, previous, context).map((line) => lineText(line).trimEnd());
}

test("the first message of a day has the day and the name above it", () => {
  expect(rows(base)).toEqual([
    expect.stringMatching(/^─+ Monday, 23 November ─+$/),
    " Grace",
    expect.stringMatching(/^ {3}hello +14:30$/),
  ]);
});

test("messages soon after each other stand under one name, later ones and answers under a new one", () => {
  expect(rows({ ...base, sentAtMs: nowMs + 60_000 }, base)).toHaveLength(1);
  expect(rows({ ...base, sentAtMs: nowMs + 600_000 }, base)).toEqual([
    "",
    " Grace",
    expect.stringContaining("hello"),
  ]);
  expect(rows(sent, base)).toEqual(["", " you", expect.stringContaining("hello")]);
});

test.each<[string, Partial<Message>, RegExp]>([
  ["waiting", { status: { state: "pending" } }, /14:30 ·$/],
  ["at the relay", { status: { state: "sent" } }, /14:30 ✓$/],
  ["delivered", { status: { state: "delivered", atMs: nowMs } }, /14:30 ✓✓$/],
  ["failed", { status: { state: "failed", reason: "expired" } }, /14:30 !$/],
  ["edited", { edited: true }, /edited 14:30/],
  ["with reactions", { reactions: [{ emoji: "👍", count: 2, mine: true }] }, /👍 2 {2}14:30/],
  ["disappearing", { expiresAtMs: nowMs + 1000 }, /disappears 14:30/],
  ["deleted", { deletedBy: "contact", text: "" }, /deleted by the sender/],
  ["still being typed", { live: true }, /hello …/],
  [
    "a file",
    { content: { type: "file", file: { name: "a\x1b[1m.pdf", sizeBytes: 12_300 } }, text: "" },
    /\[file a\.pdf, 12 kB\]/,
  ],
  [
    "a voice message",
    { content: { type: "voice", durationSeconds: 90 }, text: "" },
    /\[voice message, 2 min\]/,
  ],
  [
    "unsupported",
    { content: { type: "unsupported", name: "x.future" }, text: "" },
    /unsupported message \(x\.future\)/,
  ],
  ["a secret", { text: "#hush#", spans: [{ text: "hush", styles: ["secret"] }] }, /▒▒▒▒/],
])("a message that is %s shows it", (_, change, expected) => {
  expect(rows({ ...sent, ...change }).join("\n")).toMatch(expected);
});

test.each<[Extract<Message["content"], { type: "event" }>["event"], RegExp]>([
  [{ type: "securityCodeChanged" }, /! the security code changed: compare it again/],
  [{ type: "integrity", problem: "missing", count: 3 }, /! 3 messages missing here/],
  [
    { type: "relayChanged", side: "mine", host: "b.example", phase: "completed" },
    /· you receive through b\.example from here/,
  ],
  [{ type: "quantumSafe", on: true }, /· encryption is quantum-safe from here/],
  [{ type: "undecryptable", count: 1 }, /! 1 message could not be decrypted/],
])("%j is one quiet line in plain words", (event, expected) => {
  const message: Message = { ...base, content: { type: "event", event }, text: "" };
  const lines = messageBlock(message, { ...base, sentAtMs: nowMs - 1 }, { ...context, width: 120 }).map(
    lineText,
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(expected);
});

describe("a peer", () => {
  const theme = createTheme("true", "dark", true);

  test("can't draw anything but text, whatever is sent, and no row gets wider than the pane", () => {
    const hostile = fc
      .array(
        fc.constantFrom(
          ..."ab \n\t\x1b\x9b\x07\u202e\u200b日👍é",
          "\x1b]8;;https://evil.example\x07",
          "\x1b[2J",
          "\u0301",
          "👩‍👩‍👧",
          "שלום",
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(hostile, hostile, fc.integer({ min: 8, max: 120 }), (text, other, width) => {
        const message: Message = {
          ...base,
          text,
          spans: [
            { text, styles: ["bold"] },
            { text: other, link: other },
          ],
          quote: { by: "contact", text: other, atMs: 0 },
          content: { type: "file", file: { name: other, sizeBytes: 1 } },
        };
        for (const line of messageBlock(message, undefined, { ...context, width })) {
          expect(textWidth(lineText(line))).toBeLessThanOrEqual(width);
          // Only our own colours and links are left: take them away and no control character is.
          const plain = theme.render(line).replace(/\x1b\[[\d;]*m/g, "");
          expect(plain).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
        }
      }),
    );
  });

  test("can't make a link of anything but an address of the web, mail or the network", () => {
    const linked = (link: string) =>
      theme.render(messageBlock({ ...base, spans: [{ text: "x", link }] }, base, context)[0] ?? []);
    expect(linked("https://example.org/a")).toContain("\x1b]8;;https://example.org/a\x07");
    for (const link of [
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://a b",
      "https://a\x07b",
      "ssh://host",
    ]) {
      expect(linked(link)).not.toContain("\x1b]8");
    }
  });
});

test("made-up histories of all kinds never leave their pane", () => {
  for (let index = 0; index < 200; index++) {
    const message = fakeMessage(1, index, 200, nowMs);
    const previous = index === 0 ? undefined : fakeMessage(1, index - 1, 200, nowMs);
    for (const width of [20, 40, 79, 119])
      for (const line of messageBlock(message, previous, { ...context, width }))
        expect(textWidth(lineText(line))).toBeLessThanOrEqual(width);
  }
});

test("a warning about the connection is read whole in a narrow pane", () => {
  const event = { type: "securityCodeChanged" } as const;
  const message: Message = { ...base, content: { type: "event", event }, text: "" };
  const rows = messageBlock(message, base, { ...context, width: 40 }).map(lineText);
  expect(rows.map((row) => row.trim()).join(" ")).toContain("before you trust this conversation");
  for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(40);
});
