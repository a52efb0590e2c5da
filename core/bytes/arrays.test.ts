import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBytes, concat, equalBytes } from "./arrays.ts";

const bytes = fc.uint8Array({ maxLength: 8 });

test("concat puts arrays one after another, into memory of its own", () => {
  const a = Uint8Array.of(1);
  const all = concat(a, new Uint8Array(0), Uint8Array.of(2, 3));
  a[0] = 9;
  expect([...all]).toEqual([1, 2, 3]);
  expect(concat()).toHaveLength(0);
});

test("equal byte strings are those that compare as 0", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(equalBytes(a, b)).toBe(compareBytes(a, b) === 0);
      expect(equalBytes(a, a.slice())).toBe(true);
    }),
  );
});

test("the order is that of the bytes, a prefix first, and the same both ways", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
    }),
  );
});
