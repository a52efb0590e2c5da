import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "../bytes/index.ts";
import { decodePem, encodePem } from "./pem.ts";

test("has lines of 64 characters between BEGIN and END", () => {
  expect(encodePem("CERTIFICATE", new Uint8Array(50)).split("\n")).toEqual([
    "-----BEGIN CERTIFICATE-----",
    "A".repeat(64),
    "AAA=",
    "-----END CERTIFICATE-----",
    "",
  ]);
});

test("all blocks of a label come back, in order, whatever is around them", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 }), (blocks) => {
      const key = encodePem("PRIVATE KEY", Uint8Array.of(1));
      const text = blocks.map((block) => `subject=x\r\n${encodePem("CERTIFICATE", block)}${key}`).join("\n");
      expect(decodePem("CERTIFICATE", text)).toEqual(blocks);
      expect(decodePem("CERTIFICATE", text.replaceAll("\n", "\r\n"))).toEqual(blocks);
    }),
  );
});

test.each([
  ["nothing", ""],
  ["another label", encodePem("PRIVATE KEY", Uint8Array.of(1))],
  ["no end", "-----BEGIN CERTIFICATE-----\nAAAA\n"],
  ["the end of another label", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----\n"],
  ["a character that is not base64", "-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----"],
  ["base64 that is cut off", "-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----"],
  ["padding in the middle", "-----BEGIN CERTIFICATE-----\nAA==AAAA\n-----END CERTIFICATE-----"],
  ["too much text", " ".repeat(262_145)],
])("%s is rejected", (_what, text) => {
  expect(() => decodePem("CERTIFICATE", text)).toThrow(DecodeError);
});
