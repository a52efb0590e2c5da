import { hsalsa } from "@noble/ciphers/salsa.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hexDecode, hexEncode } from "../bytes/index.ts";
import { hsalsa20 } from "./hsalsa20.ts";

test("gives the first key of the NaCl paper from its shared secret", () => {
  const sharedSecret = hexDecode("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  expect(hexEncode(hsalsa20(sharedSecret, new Uint8Array(16)))).toBe(
    "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389",
  );
});

test("gives the same as noble's for every key and input", () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const constants = new Uint32Array(new TextEncoder().encode("expand 32-byte k").buffer);
  fc.assert(
    fc.property(bytes(32), bytes(16), (key, input) => {
      const expected = new Uint32Array(8);
      hsalsa(constants, new Uint32Array(key.slice().buffer), new Uint32Array(input.slice().buffer), expected);
      expect(hsalsa20(key, input)).toEqual(new Uint8Array(expected.buffer));
    }),
  );
});
