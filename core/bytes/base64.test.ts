import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Encode } from "./base64.ts";

test("base64 is what the platform writes, whatever the bytes", () => {
  expect(base64Encode(Uint8Array.of(0xfb, 0xff, 0xbf, 0))).toBe("+/+/AA==");
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64Encode(bytes)).toBe(btoa(String.fromCharCode(...bytes)));
    }),
  );
});
