import { secretbox } from "@noble/ciphers/salsa.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { systemRandom } from "../random.ts";
import { loadSimd, type SimdModule } from "./module.ts";
import { simdBoxCipher } from "./xsalsa20-poly1305.ts";

const loaded = loadSimd();

function simd(): SimdModule {
  if (loaded === undefined) throw new Error("this runtime has no vectors");
  return loaded;
}

const key = new Uint8Array(32).fill(0xc3);
const nonce = new Uint8Array(24).fill(1);

/** Whether our WebAssembly memory has nothing but zeros, as it must between calls. */
const isWiped = (): boolean => new Uint8Array(simd().memory.buffer).every((byte) => byte === 0);

test("boxes are noble's for every length up to several strides, one after another", () => {
  const cipher = simdBoxCipher(simd());
  for (let length = 0; length < 1_100; length++) {
    const [anyKey, anyNonce, message] = [systemRandom(32), systemRandom(24), systemRandom(length)];
    const boxed = cipher.seal(anyKey, anyNonce, length, (plaintext) => plaintext.set(message));
    expect(boxed).toEqual(secretbox(anyKey, anyNonce).seal(message));
    expect(cipher.open(anyKey, anyNonce, boxed, (plaintext) => plaintext)).toEqual(message);
  }
});

test("boxes larger than the memory at the start are noble's too", () => {
  const cipher = simdBoxCipher(simd());
  for (const length of [130_000, 131_072, 1_000_003]) {
    const message = systemRandom(length);
    const boxed = cipher.seal(key, nonce, length, (plaintext) => plaintext.set(message));
    expect(boxed).toEqual(secretbox(key, nonce).seal(message));
    expect(cipher.open(key, nonce, boxed, (plaintext) => plaintext)).toEqual(message);
    expect(cipher.open(key, nonce, boxed.subarray(1), (plaintext) => plaintext)).toBe(undefined);
  }
  expect(isWiped()).toBe(true);
});

test("no key, plaintext or key stream stays in memory, whatever happens", () => {
  const cipher = simdBoxCipher(simd());
  const fail = (): never => {
    throw new Error("bad padding");
  };
  fc.assert(
    fc.property(fc.nat(600), (length) => {
      const boxed = cipher.seal(key, nonce, length, (plaintext) => plaintext.fill(7));
      expect(isWiped()).toBe(true);
      cipher.open(key, nonce, boxed, (plaintext) => plaintext.subarray(1));
      expect(isWiped()).toBe(true);
      boxed[0] = (boxed[0] ?? 0) ^ 1;
      expect(cipher.open(key, nonce, boxed, (plaintext) => plaintext)).toBe(undefined);
      expect(isWiped()).toBe(true);
      expect(() => cipher.seal(key, nonce, length, fail)).toThrow("bad padding");
      expect(isWiped()).toBe(true);
    }),
    { numRuns: 10 },
  );
});
