import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, EncodeError, utf8Encode } from "../bytes/index.ts";
import { CryptoError } from "../crypto/errors.ts";
import { systemRandom } from "../crypto/random.ts";
import { type Delivery, delivery, openDelivery, sealDelivery } from "./delivery.ts";
import { bytes } from "./testing/arbitraries.ts";

const secret = systemRandom(32);
const messageId = systemRandom(24);

describe("deliveries", () => {
  const deliveries = fc.oneof<fc.Arbitrary<Delivery>[]>(
    fc.record({ type: fc.constant("quota"), time: fc.maxSafeNat() }),
    fc.record({
      type: fc.constant("message"),
      time: fc.maxSafeNat(),
      flags: fc.record({ notification: fc.boolean() }),
      body: bytes(0, 2000),
    }),
  );

  test("open as they were sealed, and all have the same length", () => {
    fc.assert(
      fc.property(deliveries, (value) => {
        const sealed = sealDelivery(secret, messageId, value);
        expect(sealed.length).toBe(16_122);
        expect(openDelivery(secret, messageId, sealed)).toEqual(value);
      }),
    );
  });

  test("hold the longest message of any version", () => {
    const ofLength = (length: number): Delivery => ({
      type: "message",
      time: 1,
      flags: { notification: false },
      body: new Uint8Array(length),
    });
    expect(openDelivery(secret, messageId, sealDelivery(secret, messageId, ofLength(16_088)))).toEqual(
      ofLength(16_088),
    );
    expect(() => sealDelivery(secret, messageId, ofLength(16_095))).toThrow(EncodeError);
  });

  test("don't open with another secret or another message id", () => {
    const sealed = sealDelivery(secret, messageId, { type: "quota", time: 1 });
    expect(() => openDelivery(systemRandom(32), messageId, sealed)).toThrow(CryptoError);
    expect(() => openDelivery(secret, systemRandom(24), sealed)).toThrow(CryptoError);
  });

  test.each([
    ["a quota mark without time", "QUOTA "],
    ["a quota mark with more after its time", `QUOTA ${"\0".repeat(9)}`],
    ["a time alone", "\0".repeat(8)],
    ["flags that are none", `${"\0".repeat(8)}X body`],
    ["flags without end", `${"\0".repeat(8)}T`],
  ])("with %s are refused", (_what, text) => {
    expect(() => decode(delivery, utf8Encode(text))).toThrow("cannot decode");
  });
});
