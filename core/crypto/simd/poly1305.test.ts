import { poly1305 as reference } from "@noble/ciphers/_poly1305.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadSimd } from "./module.ts";
import { polyKeyAt, polyTagAt } from "./poly1305.ts";

const simd = loadSimd();
const messageAt = 256;

/** The tag by our code; `message` has whole blocks. */
function tag(key: Uint8Array, message: Uint8Array): Uint8Array {
  if (simd === undefined) throw new Error("this runtime has no vectors");
  const heap = new Uint8Array(simd.memory.buffer);
  heap.set(key, polyKeyAt);
  heap.set(message, messageAt);
  simd.poly1305(messageAt, messageAt + message.length, messageAt + message.length);
  return heap.slice(polyTagAt, polyTagAt + 16);
}

/** Bytes that bring sums and products to their limits, besides any others. */
const edgy = fc.constantFrom(0, 1, 2, 3, 4, 5, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff);
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ minLength: length, maxLength: length }),
    fc.array(edgy, { minLength: length, maxLength: length }).map((array) => Uint8Array.from(array)),
    fc.tuple(edgy, edgy).map(([first, rest]) => new Uint8Array(length).fill(rest).fill(first, 0, 1)),
  );

test("the tag is noble's, also at the limits of the arithmetic", () => {
  fc.assert(
    fc.property(
      bytes(32),
      fc.nat(8).chain((blocks) => bytes(16 * blocks)),
      (key, message) => {
        expect(tag(key, message)).toEqual(reference(message, key));
      },
    ),
    { numRuns: 3_000 },
  );
});

test("sums that are just below, at and above 2^130 - 5 are reduced", () => {
  // With r = 1 the sum is that of the blocks, each with 2^128 added: two of all ones give 2^130 - 2.
  const key = new Uint8Array(32);
  key[0] = 1;
  for (let last = 0; last < 256; last++) {
    const message = new Uint8Array(32).fill(0xff);
    message[16] = last;
    expect(tag(key, message)).toEqual(reference(message, key));
  }
});
