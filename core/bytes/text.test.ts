import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64urlDecode, base64urlEncode, base64urlEncodeUnpadded } from "./base64url.ts";
import { hexDecode, hexEncode } from "./hex.ts";
import { latin1Decode, utf8Decode, utf8Encode } from "./text.ts";

const decodeError = expect.objectContaining({ name: "DecodeError" });
const bytes = fc.uint8Array({ maxLength: 100 });

describe("base64url", () => {
  test("reads back what it writes, padded or not, and writes what Node writes", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(base64urlDecode(base64urlEncode(value))).toEqual(value);
        expect(base64urlDecode(base64urlEncodeUnpadded(value))).toEqual(value);
        expect(base64urlEncodeUnpadded(value)).toBe(Buffer.from(value).toString("base64url"));
      }),
    );
  });

  test.each(["Zg=", "Zh==", "Zh", "+/8=", "Z", "====", "Z g=", "Zm9v=", "Zg==Zg==", "\u0141AAA"])(
    "refuses %s",
    (text) => {
      expect(() => base64urlDecode(text)).toThrow(decodeError);
    },
  );
});

describe("hexadecimal", () => {
  test("reads back what it writes, in either case", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(hexDecode(hexEncode(value))).toEqual(value);
        expect(hexDecode(hexEncode(value).toUpperCase())).toEqual(value);
      }),
    );
  });

  test.each(["0", "0g", " 0", "0x"])("refuses %j", (text) => {
    expect(() => hexDecode(text)).toThrow(decodeError);
  });
});

describe("text", () => {
  test("UTF-8 reads back what it writes, a byte order mark too", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => utf8Decode(utf8Encode(text)) === text));
    expect(utf8Decode(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe("\ufeff");
  });

  test.each([
    ["a byte that begins nothing", [0xff]],
    ["a long form of a short character", [0xc0, 0x80]],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
    ["the beginning of a character", [0xe4, 0xbd]],
  ])("UTF-8 refuses %s", (_what, input) => {
    expect(() => utf8Decode(Uint8Array.from(input))).toThrow("text is not UTF-8");
  });

  test("Latin-1 takes every byte", () => {
    expect(latin1Decode(Uint8Array.of(0, 65, 255))).toBe("\u0000A\u00ff");
  });
});
