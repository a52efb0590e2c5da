import fc from "fast-check";
import { expect, test } from "vitest";
import { CryptoError } from "./errors.ts";
import { hkdfSha512, hkdfSha512With } from "./hkdf.ts";
import { offersOf } from "./offers.ts";

const empty = new Uint8Array(0);

test("an empty salt is 64 zero bytes, and lengths are prefixes of each other", () => {
  const ikm = Uint8Array.of(1, 2, 3);
  const long = hkdfSha512(empty, ikm, empty, 200);
  expect(hkdfSha512(new Uint8Array(64), ikm, empty, 200)).toEqual(long);
  expect(hkdfSha512(empty, ikm, empty, 88)).toEqual(long.subarray(0, 88));
});

test("the result depends on salt, key and info", () => {
  const one = Uint8Array.of(1);
  const results = [
    hkdfSha512(empty, empty, empty, 32),
    hkdfSha512(one, empty, empty, 32),
    hkdfSha512(empty, one, empty, 32),
    hkdfSha512(empty, empty, one, 32),
  ];
  expect(new Set(results.map(String)).size).toBe(4);
});

test.each([-1, 0, 1.5, Number.NaN, 16_321])("a length of %d is rejected", (length) => {
  expect(() => hkdfSha512(empty, empty, empty, length)).toThrow(CryptoError);
});

test("info of more than 1,024 bytes is rejected", () => {
  expect(hkdfSha512(empty, empty, new Uint8Array(1024), 1).length).toBe(1);
  expect(() => hkdfSha512(empty, empty, new Uint8Array(1025), 1)).toThrow(CryptoError);
});

test("every provider gives the same", () => {
  const bytes = fc.uint8Array({ maxLength: 150 });
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 300 }), (salt, ikm, info, length) => {
      const results = offersOf("hkdfSha512").map(({ implementation }) =>
        hkdfSha512With(implementation)(salt, ikm, info, length),
      );
      for (const result of results) expect(result).toEqual(results[0]);
    }),
  );
});
