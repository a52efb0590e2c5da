import fc from "fast-check";
import { expect, test } from "vitest";
import { Reader } from "./reader.ts";

test("no read goes beyond the end, and a failed one does not move", () => {
  const reader = new Reader(Uint8Array.of(1, 2, 3));
  reader.byte();
  for (const read of [() => reader.word32(), () => reader.int64(), () => reader.take(3)]) {
    expect(read).toThrow("are left");
    expect(reader.offset).toBe(1);
  }
  expect(reader.remaining).toBe(2);
});

test("peek shows the next byte without taking it", () => {
  const reader = new Reader(Uint8Array.of(9));
  expect([reader.peek(), reader.byte(), reader.peek()]).toEqual([9, 9, undefined]);
});

test("rest takes all that is left, which may be nothing", () => {
  const reader = new Reader(Uint8Array.of(1, 2));
  expect([...reader.rest()]).toEqual([1, 2]);
  expect(reader.rest()).toHaveLength(0);
  reader.end();
});

test("lengths that a peer could claim are refused, whatever they are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 16 }), fc.nat(), (bytes, length) => {
      const reader = new Reader(bytes);
      if (length <= bytes.length) expect(reader.take(length)).toHaveLength(length);
      else expect(() => reader.take(length)).toThrow(`${length} bytes are due, ${bytes.length} are left`);
    }),
  );
});
