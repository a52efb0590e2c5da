import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError, encode } from "../bytes/index.ts";
import { clientHandshake, decodeHandshake, serverHandshake, serviceHandshake } from "./handshake.ts";
import { bytes, clientHandshakes, serverHandshakes, serviceHandshakes } from "./testing/arbitraries.ts";

describe("handshakes", () => {
  test("of relays are read back as they were written", () => {
    fc.assert(
      fc.property(serverHandshakes, (value) => {
        expect(decodeHandshake(serverHandshake, encode(serverHandshake, value))).toEqual(value);
      }),
    );
  });

  test("of clients are read back as they were written, with or without a key", () => {
    fc.assert(
      fc.property(clientHandshakes, (value) => {
        expect(decodeHandshake(clientHandshake, encode(clientHandshake, value))).toEqual(value);
      }),
    );
  });

  test("of services are read back as they were written", () => {
    fc.assert(
      fc.property(serviceHandshakes, (value) => {
        expect(decodeHandshake(serviceHandshake, encode(serviceHandshake, value))).toEqual(value);
      }),
    );
  });

  test("may say more than we know", () => {
    const later = fc.tuple(
      clientHandshakes.filter(({ version }) => version >= 16),
      bytes(1, 100),
    );
    fc.assert(
      fc.property(later, ([value, more]) => {
        const longer = Uint8Array.of(...encode(clientHandshake, value), ...more);
        expect(decodeHandshake(clientHandshake, longer)).toEqual(value);
      }),
    );
  });

  test("that are cut anywhere are refused, or lack what comes last", () => {
    fc.assert(
      fc.property(clientHandshakes, fc.nat(), (value, cut) => {
        const whole = encode(clientHandshake, value);
        const part = whole.subarray(0, cut % whole.length);
        try {
          expect(decodeHandshake(clientHandshake, part)).toEqual({ ...value, key: undefined });
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});
