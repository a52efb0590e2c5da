import { expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { Identifiers, plaintextMark, showsPlaintext } from "./secrets.ts";

it("plaintext is found wherever it stands", () => {
  const text = utf8Encode(plaintextMark);
  for (const at of [0, 1, 500, 16_384 - text.length]) {
    const block = new Uint8Array(16_384).fill(text[0] ?? 0);
    expect(showsPlaintext(block)).toBe(false);
    block.set(text, at);
    expect(showsPlaintext(block)).toBe(true);
    expect(showsPlaintext(block.subarray(0, at + text.length - 1))).toBe(false);
  }
});

it("an id or key that belongs to two is found", () => {
  const identifiers = new Identifiers();
  expect(identifiers.note(Uint8Array.of(1, 2), "a")).toBeUndefined();
  expect(identifiers.note(Uint8Array.of(1, 2), "a")).toBeUndefined();
  expect(identifiers.note(Uint8Array.of(1, 3), "b")).toBeUndefined();
  expect(identifiers.note(Uint8Array.of(1, 2), "b")).toBe("a");
});
