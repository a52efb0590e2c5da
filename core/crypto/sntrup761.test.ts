import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CryptoError } from "./errors.ts";
import { systemRandom } from "./random.ts";
import {
  SNTRUP761_CIPHERTEXT_BYTES,
  SNTRUP761_PRIVATE_KEY_BYTES,
  SNTRUP761_PUBLIC_KEY_BYTES,
  SNTRUP761_SHARED_SECRET_BYTES,
  sntrup761,
} from "./sntrup761.ts";

describe("sntrup761", () => {
  const keys = sntrup761.generateKeyPair(systemRandom);

  test("has the sizes of the specification", () => {
    const { ciphertext, sharedSecret } = sntrup761.encapsulate(keys.publicKey, systemRandom);
    expect(keys.publicKey.length).toBe(SNTRUP761_PUBLIC_KEY_BYTES);
    expect(keys.privateKey.length).toBe(SNTRUP761_PRIVATE_KEY_BYTES);
    expect(ciphertext.length).toBe(SNTRUP761_CIPHERTEXT_BYTES);
    expect(sharedSecret.length).toBe(SNTRUP761_SHARED_SECRET_BYTES);
    expect([
      SNTRUP761_PUBLIC_KEY_BYTES,
      SNTRUP761_PRIVATE_KEY_BYTES,
      SNTRUP761_CIPHERTEXT_BYTES,
      SNTRUP761_SHARED_SECRET_BYTES,
    ]).toEqual([1158, 1763, 1039, 32]);
  });

  test("both sides get the same secret, with many keys", () => {
    for (let i = 0; i < 10; i++) {
      const pair = sntrup761.generateKeyPair(systemRandom);
      const { ciphertext, sharedSecret } = sntrup761.encapsulate(pair.publicKey, systemRandom);
      expect(sntrup761.decapsulate(pair.privateKey, ciphertext)).toEqual(sharedSecret);
    }
  });

  test("another key gives another secret", () => {
    const { ciphertext, sharedSecret } = sntrup761.encapsulate(keys.publicKey, systemRandom);
    const other = sntrup761.generateKeyPair(systemRandom);
    expect(sntrup761.decapsulate(other.privateKey, ciphertext)).not.toEqual(sharedSecret);
  });

  test("any changed byte of a ciphertext gives another secret, always the same one", () => {
    const { ciphertext, sharedSecret } = sntrup761.encapsulate(keys.publicKey, systemRandom);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: ciphertext.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const changed = ciphertext.slice();
          changed[at] = (changed[at] ?? 0) ^ flip;
          const rejected = sntrup761.decapsulate(keys.privateKey, changed);
          expect(rejected).not.toEqual(sharedSecret);
          expect(sntrup761.decapsulate(keys.privateKey, changed)).toEqual(rejected);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("takes any bytes of the right length as a key or a ciphertext, as they come from peers", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1158, maxLength: 1158, size: "max" }),
        fc.uint8Array({ minLength: 1039, maxLength: 1039, size: "max" }),
        (publicKey, ciphertext) => {
          expect(sntrup761.encapsulate(publicKey, systemRandom).ciphertext.length).toBe(1039);
          expect(sntrup761.decapsulate(keys.privateKey, ciphertext).length).toBe(32);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("does not change its inputs", () => {
    const publicKey = keys.publicKey.slice();
    const privateKey = keys.privateKey.slice();
    const { ciphertext } = sntrup761.encapsulate(publicKey, systemRandom);
    const copy = ciphertext.slice();
    sntrup761.decapsulate(privateKey, ciphertext);
    expect([publicKey, privateKey, ciphertext]).toEqual([keys.publicKey, keys.privateKey, copy]);
  });

  test("refuses wrong lengths with an error that names them", () => {
    const { ciphertext } = sntrup761.encapsulate(keys.publicKey, systemRandom);
    expect(() => sntrup761.encapsulate(keys.publicKey.subarray(1), systemRandom)).toThrow(
      new CryptoError("cannot encapsulate: sntrup761 public key is 1157 bytes, not 1158"),
    );
    expect(() => sntrup761.decapsulate(keys.privateKey.subarray(1), ciphertext)).toThrow(CryptoError);
    expect(() => sntrup761.decapsulate(keys.privateKey, ciphertext.subarray(1))).toThrow(CryptoError);
    expect(() => sntrup761.decapsulate(keys.privateKey, new Uint8Array(0))).toThrow(CryptoError);
  });
});
