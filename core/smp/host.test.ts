import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testCodec } from "../testing/codec-table.ts";
import { type Host, hostCodec, parseHost, parseHostPrefix } from "./host.ts";

const decodeError = expect.objectContaining({ name: "DecodeError" });
const number = fc.integer({ min: 0, max: 255 });
const label = fc.stringMatching(/^[g-z][a-z0-9-]{0,10}$/);

const hosts: fc.Arbitrary<Host> = fc.oneof(
  fc.tuple(number, number, number, number).map((parts): Host => ({ form: "IPv4", name: parts.join(".") })),
  fc
    .ipV6()
    .filter((text) => !text.includes("."))
    .map((text) => parseHost(text)),
  fc.stringMatching(/^[a-z0-9]{1,56}$/).map((text): Host => ({ form: "onion", name: `${text}.onion` })),
  fc.tuple(label, label).map((labels): Host => ({ form: "domain", name: labels.join(".") })),
);

describe("hosts", () => {
  testCodec<Host>("host", hostCodec, {
    correct: [
      [{ form: "domain", name: "a.com" }, "05612e636f6d"],
      [{ form: "IPv6", name: "::1" }, "033a3a31"],
    ],
    badValues: [{ form: "domain", name: "a".repeat(256) }],
    badBytes: ["00", "03612062", "0661622e633a31", "02c3a9"],
    any: hosts,
  });

  test("an IPv6 address is written in its short form", () => {
    const forms = [
      ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
      ["[FE80::00A1]", "fe80::a1"],
      ["1::", "1::"],
    ];
    for (const [text = "", name] of forms) expect(parseHost(text)).toEqual({ form: "IPv6", name });
  });

  test.each([
    "1::2::3",
    ":::",
    "12345::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "[]",
    "[a.com]",
  ])("%s is no host", (text) => {
    expect(() => parseHost(text)).toThrow(decodeError);
  });

  test.each([".onion", "ABC.onion", "a b", "a@b", "caf\u00e9.fr", "a\u0000b", "a\nb"])(
    "%j is no host",
    (text) => {
      expect(() => parseHost(text)).toThrow(decodeError);
    },
  );

  test("what follows a host in a longer text is left", () => {
    expect(parseHostPrefix("1.2.3.4:5223").rest).toBe(":5223");
    expect(parseHostPrefix("[::1]:5223").rest).toBe(":5223");
    expect(parseHostPrefix("a.com,b.com").rest).toBe(",b.com");
    expect(parseHostPrefix("abc.onion/x").rest).toBe("/x");
  });
});
