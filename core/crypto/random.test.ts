import { expect, test } from "vitest";
import { systemRandom } from "./random.ts";

test.each([0, 1, 32, 65_536, 200_001])("gives %i bytes, to the last of them random", (length) => {
  const bytes = systemRandom(length);
  expect(bytes.length).toBe(length);
  if (length >= 32) expect(bytes.subarray(-32).some((byte) => byte !== 0)).toBe(true);
});

test("gives others each time", () => {
  expect(systemRandom(32)).not.toEqual(systemRandom(32));
});

test("gives no bytes twice over many short requests, which come from a pool", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 3000; i++) seen.add(systemRandom(16).join());
  expect(seen.size).toBe(3000);
});

test("gives arrays that nobody else holds", () => {
  const first = systemRandom(32);
  const copy = first.slice();
  for (let i = 0; i < 500; i++) systemRandom(32).fill(7);
  expect(first).toEqual(copy);
  expect(first.buffer.byteLength).toBe(32);
});
