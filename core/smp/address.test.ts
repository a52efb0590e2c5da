import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../bytes/index.ts";
import { testCodec } from "../testing/codec-table.ts";
import {
  formatRelayAddress,
  formatRelayAddressWithAuth,
  parseHosts,
  parseRelayAddress,
  parseRelayAddressWithAuth,
  type RelayAddress,
  relayAddress,
  relayAddressLegacy,
  sameRelay,
} from "./address.ts";
import type { Host } from "./host.ts";

const decodeError = expect.objectContaining({ name: "DecodeError" });
const keyHash = Uint8Array.from({ length: 32 }, (_, i) => i);
const domain = (name: string): Host => ({ form: "domain", name });
const relay: RelayAddress = {
  scheme: "smp",
  hosts: [domain("a.com"), domain("b.com")],
  port: "5223",
  keyHash,
};
const start = "smp://AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

const hostTexts: fc.Arbitrary<Host> = fc.constantFrom(
  domain("smp.example.com"),
  domain("localhost"),
  { form: "IPv4", name: "10.0.0.1" } as const,
  { form: "onion", name: "abc.onion" } as const,
);
const relays: fc.Arbitrary<RelayAddress> = fc.record({
  scheme: fc.constantFrom("smp" as const, "xftp" as const, "ntf" as const),
  hosts: fc.array(hostTexts, { minLength: 1, maxLength: 5 }),
  port: fc.oneof(fc.constant(""), fc.nat({ max: 65_535 }).map(String)),
  keyHash: fc.uint8Array({ minLength: 1, maxLength: 40 }),
});

describe("relay addresses in binary", () => {
  testCodec("relayAddress", relayAddress("smp"), {
    correct: [[{ ...relay, keyHash: Uint8Array.of(1) }, "0205612e636f6d05622e636f6d04353232330101"]],
    badValues: [
      { ...relay, hosts: [] },
      { ...relay, port: "x" },
      { ...relay, keyHash: new Uint8Array(256) },
    ],
    badBytes: ["", "00", "0105612e636f6d01780101", "0105612e636f6d0000ff"],
    any: relays.map((any) => ({ ...any, scheme: "smp" as const })),
  });

  test("the old form holds the first host only", () => {
    const codec = relayAddressLegacy("smp");
    expect(decode(codec, encode(codec, relay))).toEqual({ ...relay, hosts: [domain("a.com")] });
    expect(() => encode(codec, { ...relay, hosts: [] })).toThrow("hosts is empty");
  });
});

describe("relay addresses as text", () => {
  test("read back as they were written", () => {
    fc.assert(
      fc.property(relays, (any) => {
        expect(parseRelayAddress(formatRelayAddress(any), any.scheme)).toEqual(any);
      }),
    );
  });

  test("a password is kept where it is allowed, and refused where it is not", () => {
    const text = `${start}:pass!word@a.com:5223`;
    const parsed = parseRelayAddressWithAuth(text, "smp");
    expect(parsed.password).toEqual(new TextEncoder().encode("pass!word"));
    expect(formatRelayAddressWithAuth(parsed)).toBe(text);
    expect(formatRelayAddress(parsed.relay)).toBe(`${start}@a.com:5223`);
    expect(() => parseRelayAddress(text, "smp")).toThrow("has a password");
  });

  test("an error never holds the password", () => {
    expect(() => parseRelayAddressWithAuth(`${start}:se cret@a.com`, "smp")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("cret") }),
    );
  });

  test.each([
    "",
    "smp://",
    "smp://@a.com",
    `${start}@`,
    `${start}@a.com:`,
    `${start}@a.com:x`,
    `${start}@a.com,`,
    `${start}@a.com?x=1`,
    `${start}@a.com:5223/`,
    `${start}@a.com\n`,
    `xftp${start.slice(3)}@a.com`,
    `${start}:@a.com`,
  ])("%j is refused", (text) => {
    expect(() => parseRelayAddressWithAuth(text, "smp")).toThrow(decodeError);
  });

  test("more than 255 hosts are refused", () => {
    expect(parseHosts(Array(255).fill("a").join(",")).hosts).toHaveLength(255);
    expect(() => parseHosts(Array(256).fill("a").join(","))).toThrow("more than 255 hosts");
  });

  test("addresses are of the same relay when all their parts are the same", () => {
    expect(sameRelay(relay, { ...relay, keyHash: keyHash.slice() })).toBe(true);
    expect(sameRelay(relay, { ...relay, port: "" })).toBe(false);
    expect(sameRelay(relay, { ...relay, keyHash: keyHash.map((byte) => byte ^ 1) })).toBe(false);
  });
});
