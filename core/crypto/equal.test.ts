import fc from "fast-check";
import { expect, test } from "vitest";
import { constantTimeEqual } from "./equal.ts";

test.each([
  [[], [], true],
  [[1, 2], [1, 2], true],
  [[1, 2], [1, 3], false],
  [[0, 2], [1, 2], false],
  [[1, 2], [1, 2, 0], false],
  [[0], [], false],
])("compares %j with %j: %s", (a, b, equal) => {
  expect(constantTimeEqual(Uint8Array.from(a), Uint8Array.from(b))).toBe(equal);
});

test("is false when any one bit differs, wherever it is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat(7), (bytes, position, bit) => {
      const other = bytes.slice();
      const index = position % other.length;
      other[index] = (other[index] ?? 0) ^ (1 << bit);
      expect(constantTimeEqual(bytes, bytes.slice())).toBe(true);
      expect(constantTimeEqual(bytes, other)).toBe(false);
    }),
  );
});

test("looks at every byte even when the first differs", () => {
  let reads = 0;
  const counted = new Proxy(new Uint8Array(64).fill(1), {
    get(target, property) {
      if (typeof property === "string" && /^\d+$/.test(property)) reads++;
      return Reflect.get(target, property, target) as unknown;
    },
  });
  expect(constantTimeEqual(counted, new Uint8Array(64))).toBe(false);
  expect(reads).toBe(64);
});
