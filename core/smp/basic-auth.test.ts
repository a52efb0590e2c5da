import { describe, expect, test } from "vitest";
import { decode, EncodeError, encode, utf8Encode } from "../bytes/index.ts";
import { basicAuth, formatBasicAuth, parseBasicAuth } from "./basic-auth.ts";

const bad = ["a b", "a@b", "a:b", "a/b", "a\nb", "a\u007fb", "a\u0000"];

describe("basicAuth", () => {
  test("holds what can be typed, but for what separates the parts of an address", () => {
    const password = utf8Encode("a!#$%^&*()_+=-~");
    expect(decode(basicAuth, encode(basicAuth, password))).toEqual(password);
  });

  test.each(bad)("neither writes nor reads %o", (text) => {
    const password = utf8Encode(text);
    expect(() => encode(basicAuth, password)).toThrow(EncodeError);
    expect(() => decode(basicAuth, Uint8Array.of(password.length, ...password))).toThrow("cannot decode");
  });
});

describe("parseBasicAuth", () => {
  test("gives the bytes of the text, and the text of the bytes", () => {
    expect(formatBasicAuth(parseBasicAuth("server_password!"))).toBe("server_password!");
  });

  test.each(["", ...bad])("refuses %o", (text) => {
    expect(() => parseBasicAuth(text)).toThrow("cannot decode");
  });
});
