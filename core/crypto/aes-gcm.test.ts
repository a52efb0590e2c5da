import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aesGcmWith } from "./aes-gcm.ts";
import { CryptoError } from "./errors.ts";
import { flipBit } from "./flip.fixture.ts";
import { offersOf } from "./offers.ts";
import { systemRandom } from "./random.ts";

const key = systemRandom(32);
const ad = systemRandom(56);

describe.each([...offersOf("aes256Gcm")])("AES-256-GCM of $provider", ({ implementation }) => {
  const aes = aesGcmWith(implementation);
  const iv = systemRandom(16);

  test.each([
    [0, 12],
    [1, 16],
    [16, 12],
    [17, 16],
    [16_000, 16],
  ])("%i bytes with an IV of %i come back", (length, ivLength) => {
    const message = systemRandom(length);
    const ownIv = systemRandom(ivLength);
    const sealed = aes.seal(key, ownIv, ad, message);
    expect([sealed.tag.length, sealed.ciphertext.length]).toEqual([16, length]);
    expect([sealed.tag.constructor, sealed.ciphertext.constructor]).toEqual([Uint8Array, Uint8Array]);
    expect(aes.open(key, ownIv, ad, sealed)).toEqual(message);
    const padded = aes.sealPadded(key, ownIv, ad, message, length + 40);
    expect(padded.ciphertext.length).toBe(length + 40);
    expect(aes.openPadded(key, ownIv, ad, padded)).toEqual(message);
  });

  test("does not open with any bit changed", () => {
    const sealed = aes.seal(key, iv, ad, Uint8Array.of(1, 2, 3));
    fc.assert(
      fc.property(fc.nat(), fc.nat(7), (position, bit) => {
        const flip = (bytes: Uint8Array) => flipBit(bytes, position, bit);
        for (const open of [
          () => aes.open(flip(key), iv, ad, sealed),
          () => aes.open(key, flip(iv), ad, sealed),
          () => aes.open(key, iv, flip(ad), sealed),
          () => aes.open(key, iv, ad, { ...sealed, tag: flip(sealed.tag) }),
          () => aes.open(key, iv, ad, { ...sealed, ciphertext: flip(sealed.ciphertext) }),
        ]) {
          expect(open).toThrow(new CryptoError("cannot decrypt with AES-GCM: tag is not of this input"));
        }
      }),
      { numRuns: 30 },
    );
  });

  test("rejects keys, IVs and tags of wrong lengths", () => {
    const sealed = aes.seal(key, iv, ad, ad);
    expect(() => aes.seal(new Uint8Array(16), iv, ad, ad)).toThrow("key is 16 bytes, not 32");
    for (const length of [0, 8, 13, 15, 17]) {
      expect(() => aes.seal(key, new Uint8Array(length), ad, ad)).toThrow(`IV is ${length} bytes`);
    }
    for (const length of [0, 4, 12, 15]) {
      expect(() => aes.open(key, iv, ad, { ...sealed, tag: sealed.tag.slice(0, length) })).toThrow(
        CryptoError,
      );
    }
    expect(() => aes.open(key, iv, ad, { ...sealed, tag: new Uint8Array(17) })).toThrow("tag is 17 bytes");
    expect(() => aes.sealPadded(key, iv, ad, ad, ad.length + 1)).toThrow("cannot pad message");
  });
});

test("every provider gives the same", () => {
  const bytes = fc.uint8Array({ maxLength: 100 });
  fc.assert(
    fc.property(bytes, bytes, fc.constantFrom(12, 16), (anyAd, message, ivLength) => {
      const iv = systemRandom(ivLength);
      const sealed = offersOf("aes256Gcm").map(({ implementation }) =>
        aesGcmWith(implementation).seal(key, iv, anyAd, message),
      );
      for (const one of sealed) expect(one).toEqual(sealed[0]);
    }),
  );
});
