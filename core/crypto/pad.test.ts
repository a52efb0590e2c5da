import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CryptoError } from "./errors.ts";
import { pad, padInto, unpad } from "./pad.ts";

describe("padding", () => {
  test.each([
    [[], 2, [0, 0]],
    [[], 4, [0, 0, 35, 35]],
    [[7, 8], 4, [0, 2, 7, 8]],
    [[7], 5, [0, 1, 7, 35, 35]],
  ])("of %j to %i bytes is %j", (message, length, padded) => {
    expect([...pad(Uint8Array.from(message), length)]).toEqual(padded);
  });

  test.each([
    [0, 1],
    [0, 0],
    [0, -5],
    [1, 2],
    [65_534, 70_000],
  ])("of %i bytes to %i fails", (messageLength, paddedLength) => {
    expect(() => pad(new Uint8Array(messageLength), paddedLength)).toThrow(CryptoError);
  });

  test("overwrites all that was there before", () => {
    const target = new Uint8Array(6).fill(9);
    padInto(target, Uint8Array.of(1));
    expect([...target]).toEqual([0, 1, 1, 35, 35, 35]);
  });

  test("comes off again, for every message that fits", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (message, more) => {
        const padded = pad(message, message.length + 2 + more);
        expect(padded.length).toBe(message.length + 2 + more);
        expect(unpad(padded)).toEqual(message);
      }),
    );
  });

  test("of the longest message works", () => {
    const message = new Uint8Array(65_533).fill(1);
    expect(unpad(pad(message, 65_535))).toEqual(message);
  });
});

test.each([[[]], [[0]], [[0, 1]], [[255, 255, 0]], [[0, 3, 1, 2]]])(
  "bytes %j are no padded message",
  (bytes) => {
    expect(() => unpad(Uint8Array.from(bytes))).toThrow(CryptoError);
  },
);

test("what the padding bytes are does not matter", () => {
  expect([...unpad(Uint8Array.of(0, 1, 5, 0, 255))]).toEqual([5]);
});
