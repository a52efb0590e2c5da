import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, EncodeError, encode, utf8Encode } from "../bytes/index.ts";
import { type SmpError, smpError } from "./error.ts";
import { errors } from "./testing/arbitraries.ts";

const read = (text: string): SmpError => decode(smpError, utf8Encode(text));

describe("smpError", () => {
  test("reads back every error as it was written", () => {
    fc.assert(
      fc.property(errors(18), (error) => {
        expect(decode(smpError, encode(smpError, error))).toEqual(error);
      }),
    );
  });

  test("reads the details of a network error, and never writes them", () => {
    const error = read("PROXY BROKER NETWORK TLS \x03bad");
    expect(error).toEqual({
      type: "PROXY",
      error: { type: "BROKER", error: { type: "NETWORK", error: { type: "TLS", text: "bad" } } },
    });
    expect(encode(smpError, error)).toEqual(utf8Encode("PROXY BROKER NETWORK"));
  });

  test("reads NO_QUEUE of older relays as NO_ENTITY", () => {
    expect(read("CMD NO_QUEUE")).toEqual({ type: "CMD", error: "NO_ENTITY" });
  });

  test("reads a store error that is not UTF-8", () => {
    expect(decode(smpError, Uint8Array.of(...utf8Encode("STORE "), 0xff))).toEqual({
      type: "STORE",
      text: "\ufffd",
    });
  });

  test("reads an error of a relay that is itself a proxy", () => {
    expect(read("PROXY PROTOCOL PROXY NO_SESSION")).toEqual({
      type: "PROXY",
      error: { type: "PROTOCOL", error: { type: "PROXY", error: { type: "NO_SESSION" } } },
    });
  });

  test("stops at nesting that no honest relay sends, whatever its depth", () => {
    expect(() => read(`${"PROXY PROTOCOL ".repeat(1000)}AUTH`)).toThrow("nested too deep");
  });

  const bad: readonly string[] = [
    "",
    "auth",
    "AUTH ",
    "CMD",
    "CMD ",
    "CMD WRONG",
    "CMD SYNTAX more",
    "BLOCKED reason=other",
    "BLOCKED reason=spam,notice=",
    "BLOCKED reason=spam,notice=[]",
    'BLOCKED reason=spam,notice={"ttl":"5"}',
    "PROXY BROKER NETWORK ",
    "PROXY BROKER NETWORK OTHER",
    "PROXY BROKER TRANSPORT HANDSHAKE OTHER",
    "STORE",
  ];
  test.each(bad)("does not read %o", (text) => {
    expect(() => read(text)).toThrow("cannot decode");
  });

  test("does not write a text that its encoding can't hold", () => {
    const error = (text: string): SmpError => ({
      type: "PROXY",
      error: { type: "BROKER", error: { type: "RESPONSE", text } },
    });
    expect(() => encode(smpError, error("\u0100"))).toThrow(EncodeError);
    expect(() => encode(smpError, error("x".repeat(256)))).toThrow(EncodeError);
  });
});
