import fc from "fast-check";
import { expect, test } from "vitest";
import { sanitizeLine, sanitizeName, sanitizeText } from "./sanitize.ts";

test.each([
  ["a colour", "\x1b[31mred\x1b[0m", "red"],
  ["a cursor move", "a\x1b[2J\x1b[Hb", "ab"],
  ["a C1 sequence", "a\x9b31mb", "ab"],
  ["a clipboard write", "a\x1b]52;c;aGk=\x07b", "ab"],
  ["a window title", "a\x1b]0;you\x1b\\b", "ab"],
  ["a link", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "click"],
  ["an unfinished sequence", "ab\x1b]52;c;", "ab"],
  ["an unfinished sequence before a line", "a\x1b]52;c\nb", "a\nb"],
  ["a device control string", "a\x1bPq#1\x1b\\b", "ab"],
  ["a bell and a backspace", "a\x07\x08b", "ab"],
  ["a carriage return that overwrites", "safe\rfake", "safe\nfake"],
  ["a direction override", "abc\u202egnp.exe", "abcgnp.exe"],
  ["isolates", "\u2066a\u2069", "a"],
  ["zero-width spaces", "a\u200bd\u2060m\ufeffin", "admin"],
  ["a lone surrogate", "a\ud800b", "a\ufffdb"],
  ["tag characters", "a\u{e0041}b", "ab"],
  ["too many marks", `a${"\u0301".repeat(50)}b`, `a${"\u0301".repeat(6)}b`],
])("%s does not reach the screen", (_, text, expected) => {
  expect(sanitizeText(text)).toBe(expected);
});

test.each(["plain text", "two\nlines", "👩‍👩‍👧 family", "naïve café", "שלום", "می‌خواهم", "日本語", "👍🏽"])(
  "%s stays as it is",
  (text) => {
    expect(sanitizeText(text)).toBe(text);
  },
);

test("a name is one line and never empty", () => {
  expect(sanitizeLine("  Grace \n\n Hopper\t")).toBe("Grace Hopper");
  expect(sanitizeName("\x1b[0m\u200b ")).toBe("(no name)");
  expect(sanitizeName("\u200d")).toBe("(no name)");
});

test("no input leaves a control character but the line feed, and cleaning twice changes nothing", () => {
  const characters = fc.constantFrom(..."\x1b\x9b\x9d\x07\x9c[]8;0mP\\\n\r\ta é\u202e\u200b👍\ud83d\u0301");
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 40 }), (parts) => {
      const clean = sanitizeText(parts.join(""));
      expect(clean).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u);
      expect(sanitizeText(clean)).toBe(clean);
    }),
  );
});
