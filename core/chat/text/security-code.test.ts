import { expect, test } from "vitest";
import { formatSecurityCode, sameSecurityCode } from "./security-code.ts";

test("a code is the bytes as a decimal number in groups of five", () => {
  expect(formatSecurityCode(Uint8Array.of(1, 0, 0))).toBe("65536");
  expect(formatSecurityCode(Uint8Array.of(0x12, 0xd6, 0x87))).toBe("12345 67");
  expect(formatSecurityCode(new Uint8Array(32).fill(0xff))).toBe(
    "11579 20892 37316 19542 35709 85008 68790 78532 69984 66564 05640 39457 58400 79131 29639 935",
  );
  expect(formatSecurityCode(new Uint8Array(32))).toBe("0");
});

test("codes are compared without their spaces", () => {
  expect(sameSecurityCode("12345 678", " 1234 5678\n")).toBe(true);
  expect(sameSecurityCode("12345 678", "12345 679")).toBe(false);
});
