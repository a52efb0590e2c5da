import { expect, test } from "vitest";
import { nonceFromBytes, reverseNonce } from "./nonce.ts";

test.each([
  [0, 0],
  [3, 3],
  [24, 24],
  [40, 24],
])("a nonce from %i bytes takes %i of them and zeros", (length, taken) => {
  const nonce = nonceFromBytes(Uint8Array.from({ length }, (_, i) => i + 1));
  expect([...nonce]).toEqual(Array.from({ length: 24 }, (_, i) => (i < taken ? i + 1 : 0)));
});

test("a reversed nonce is a new one, back to front", () => {
  const nonce = Uint8Array.from({ length: 24 }, (_, i) => i);
  const reversed = reverseNonce(nonce);
  expect([reversed[0], reversed[23], nonce[0]]).toEqual([23, 0, 0]);
  expect(reverseNonce(reversed)).toEqual(nonce);
});
