import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError, hexDecode, hexEncode } from "../bytes/index.ts";
import { bitString, contextTag, DerReader, element, sequence, tags } from "./asn1.ts";

const read = (hex: string): DerReader => new DerReader(hexDecode(hex));

describe("a DER element", () => {
  test.each([0, 1, 127, 128, 255, 256, 65_535])("of %i bytes comes back", (length) => {
    const content = new Uint8Array(length).fill(7);
    const der = element(tags.octetString, content);
    const reader = new DerReader(der);
    expect(reader.expect(tags.octetString)).toEqual({ tag: 4, content, der });
    reader.end();
  });

  test("of more than 65,535 bytes is not written", () => {
    expect(() => element(tags.octetString, new Uint8Array(65_536))).toThrow(RangeError);
  });

  test("has the bytes of X.690", () => {
    expect(hexEncode(sequence(bitString(Uint8Array.of(5)), element(contextTag(3))))).toBe("300603020005a300");
  });

  test("is read one after another, and inside others", () => {
    const reader = read("3003020105a0030101ff");
    const inner = reader.inside(tags.sequence);
    expect(inner.smallInteger()).toBe(5);
    inner.end();
    expect(reader.peek()).toBe(contextTag(0));
    expect(reader.inside(contextTag(0)).boolean()).toBe(true);
    expect(reader.peek()).toBe(undefined);
    reader.end();
  });

  test.each([
    ["", "nothing at all"],
    ["30", "no length"],
    ["3001", "content that is cut off"],
    ["3080", "an indefinite length"],
    ["308105", "a length that is longer than it need be"],
    ["30817f", "another"],
    ["308200ff", "another, of two bytes"],
    ["3081", "a length that is cut off"],
    ["308201", "another"],
    ["3083010000", "a length of three bytes"],
    ["1f0100", "a tag of several bytes"],
  ])("%s is rejected: %s", (hex) => {
    expect(() => read(hex).element()).toThrow(DecodeError);
  });

  test("of another tag, or left over, is rejected", () => {
    expect(() => read("0400").expect(tags.sequence)).toThrow("DER tag is 4, not 48");
    expect(() => read("").expect(tags.sequence)).toThrow("DER tag is missing, not 48");
    expect(() => read("0400").end()).toThrow("more elements");
  });
});

describe("simple values", () => {
  test.each([
    ["020100", 0],
    ["02017f", 127],
    ["02020080", 128],
    ["02027fff", 32_767],
  ])("INTEGER %s is %i", (hex, value) => {
    expect(read(hex).smallInteger()).toBe(value);
  });

  test.each(["0200", "0201ff", "0202007f", "02028000", "0203010000", "0a0100"])(
    "INTEGER %s is rejected",
    (hex) => {
      expect(() => read(hex).smallInteger()).toThrow(DecodeError);
    },
  );

  test("BOOLEAN is 0 or 255 in one byte", () => {
    expect(read("010100").boolean()).toBe(false);
    for (const hex of ["0100", "010101", "01020000", "0201ff"]) {
      expect(() => read(hex).boolean()).toThrow(DecodeError);
    }
  });

  test("a BIT STRING must have whole bytes", () => {
    expect(hexEncode(read("03030001ff").wholeBitString())).toBe("01ff");
    expect(hexEncode(read("030100").wholeBitString())).toBe("");
    for (const hex of ["0300", "03020108", "040100"]) {
      expect(() => read(hex).wholeBitString()).toThrow(DecodeError);
    }
  });
});

test("random bytes are read to their end or give a DecodeError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const reader = new DerReader(bytes);
      try {
        while (reader.peek() !== undefined) reader.element();
        reader.end();
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
});
