import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "../bytes/index.ts";
import { secretboxWith } from "./box.ts";
import { CryptoError } from "./errors.ts";
import { flipBit } from "./flip.fixture.ts";
import { offersOf } from "./offers.ts";
import { systemRandom } from "./random.ts";

const key = systemRandom(32);
const nonce = systemRandom(24);
const notOpened = new CryptoError("cannot open box: tag is not of this key and nonce");

describe.each([...offersOf("xsalsa20Poly1305")])("a box of $provider", ({ implementation }) => {
  const box = secretboxWith(implementation);

  test.each([0, 1, 63, 64, 65, 16_382, 65_520, 65_521, 65_533])("of %i bytes opens again", (length) => {
    const message = systemRandom(length);
    const plain = box.sealNoPad(key, nonce, message);
    expect(plain.length).toBe(length + 16);
    expect(box.openNoPad(key, nonce, plain)).toEqual(message);
    const padded = box.seal(key, nonce, message, length + 100);
    expect(padded.length).toBe(length + 116);
    expect(box.open(key, nonce, padded)).toEqual(message);
    expect(box.openInPlace(key, nonce, padded)).toEqual(message);
  });

  test("gives arrays of its own", () => {
    const first = box.sealNoPad(key, nonce, Uint8Array.of(1));
    const second = box.sealNoPad(key, nonce, Uint8Array.of(2));
    expect([...box.openNoPad(key, nonce, first)]).toEqual([1]);
    const opened = box.openNoPad(key, nonce, second);
    box.sealNoPad(key, nonce, Uint8Array.of(3));
    expect([...opened]).toEqual([2]);
  });

  test("does not open with any bit of it, the key or the nonce changed", () => {
    const boxed = box.seal(key, nonce, Uint8Array.of(1, 2, 3), 32);
    fc.assert(
      fc.property(fc.nat(), fc.nat(7), (position, bit) => {
        const flip = (bytes: Uint8Array) => flipBit(bytes, position, bit);
        expect(() => box.open(key, nonce, flip(boxed))).toThrow(notOpened);
        expect(() => box.open(flip(key), nonce, boxed)).toThrow(notOpened);
        expect(() => box.open(key, flip(nonce), boxed)).toThrow(notOpened);
        expect(() => box.openInPlace(key, nonce, flip(boxed))).toThrow(notOpened);
      }),
    );
  });

  test("does not open cut or extended", () => {
    const boxed = box.sealNoPad(key, nonce, systemRandom(40));
    for (let length = 0; length < boxed.length; length++) {
      expect(() => box.openNoPad(key, nonce, boxed.subarray(0, length))).toThrow(CryptoError);
    }
    expect(() => box.openNoPad(key, nonce, concat(boxed, Uint8Array.of(0)))).toThrow(notOpened);
  });

  test("with bad padding inside is an error", () => {
    const boxed = box.sealNoPad(key, nonce, Uint8Array.of(0, 9, 1));
    expect(() => box.open(key, nonce, boxed)).toThrow("cannot unpad message");
    expect(() => box.open(key, nonce, box.sealNoPad(key, nonce, new Uint8Array(0)))).toThrow(CryptoError);
  });

  test.each([0, 24, 31, 33])("rejects a key of %i bytes", (length) => {
    const wrong = new Uint8Array(length);
    expect(() => box.seal(wrong, nonce, new Uint8Array(1), 3)).toThrow(`key is ${length} bytes, not 32`);
    expect(() => box.openNoPad(wrong, nonce, new Uint8Array(20))).toThrow(CryptoError);
  });

  test.each([0, 23, 25, 32])("rejects a nonce of %i bytes", (length) => {
    const wrong = new Uint8Array(length);
    expect(() => box.sealNoPad(key, wrong, new Uint8Array(1))).toThrow(`nonce is ${length} bytes, not 24`);
    expect(() => box.open(key, wrong, new Uint8Array(20))).toThrow(CryptoError);
  });

  test("rejects a message that does not fit its padded length", () => {
    expect(() => box.seal(key, nonce, new Uint8Array(5), 6)).toThrow("too long for padded length 6");
  });
});

test("every provider makes the same box", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(200), (message, more) => {
      const boxes = offersOf("xsalsa20Poly1305").map(({ implementation }) =>
        secretboxWith(implementation).seal(key, nonce, message, message.length + 2 + more),
      );
      for (const boxed of boxes) expect(boxed).toEqual(boxes[0]);
    }),
  );
});
