import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode, utf8Encode } from "../bytes/index.ts";
import { type BrokerMessage, messageCodec } from "./message.ts";
import { messages, versions } from "./testing/arbitraries.ts";

describe("messageCodec", () => {
  test("reads back every message of every version as it was written", () => {
    fc.assert(
      fc.property(
        versions.chain((version) => fc.tuple(fc.constant(version), messages(version))),
        ([version, message]) => {
          const codec = messageCodec(version);
          expect(decode(codec, encode(codec, message))).toEqual(message);
        },
      ),
    );
  });

  test("tells older clients what they understand", () => {
    const blocked: BrokerMessage = {
      type: "ERR",
      error: { type: "BLOCKED", reason: "spam", notice: { ttl: 5 } },
    };
    const written = (version: number, message: BrokerMessage) =>
      new TextDecoder().decode(encode(messageCodec(version), message));
    expect(written(9, { type: "DELD" })).toBe("END");
    expect(written(10, { type: "DELD" })).toBe("DELD");
    expect(written(15, { type: "SOK", serviceId: undefined })).toBe("OK");
    expect(written(11, blocked)).toBe("ERR AUTH");
    expect(written(12, blocked)).toBe("ERR BLOCKED reason=spam");
    expect(written(18, blocked)).toBe('ERR BLOCKED reason=spam,notice={"ttl":5}');
  });

  const badBytes: readonly (readonly [string, string])[] = [
    ["an unknown message", "HELLO"],
    ["an unknown error", "ERR WRONG"],
    ["a count that is negative", "SOKS \xff\xff\xff\xff\xff\xff\xff\xff"],
    ["a count above 2^53", "SOKS \x00\x40\x00\x00\x00\x00\x00\x00"],
    ["a nonce that is cut", "NMSG abc"],
    ["a version range that ends before it starts", "PKEY \x00\x00\x12\x00\x06\x01\x00\x00\x00\x00"],
    ["an empty certificate chain", "PKEY \x00\x00\x06\x00\x12\x00\x00\x00"],
    ["queue information that is not JSON", "INFO {"],
    ["queue information of another form", 'INFO {"qiSnd":1}'],
    ["a size that is not whole", 'INFO {"qiSnd":true,"qiNtf":true,"qiSize":1.5}'],
  ];
  test.each(badBytes)("does not read %s", (_what, text) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(() => decode(messageCodec(18), bytes)).toThrow("cannot decode");
  });

  test("reads the time in queue information with a fraction of a second", () => {
    const info =
      '{"qiSnd":true,"qiNtf":false,"qiSize":1,"qiMsg":{"msgId":"","msgTs":"2023-11-14T22:13:20.123456789Z","msgType":"quota"}}';
    const message = decode(messageCodec(18), utf8Encode(`INFO ${info}`));
    expect(message.type === "INFO" && message.info.message?.time).toBe(1_700_000_000);
  });
});
