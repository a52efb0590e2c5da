import { describe, expect, test } from "vitest";
import { parseRelayAddress } from "../../smp/address.ts";
import type { RelaySetting } from "../api.ts";
import type { ProfileRecord } from "../state/records.ts";
import { mayLess } from "./permitted.ts";

const address = (name: string) => `smp://AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=@${name}`;
const relay = parseRelayAddress(address("one.example"), "smp");
const one: RelaySetting = { address: address("one.example"), receive: true, proxy: true };
const two: RelaySetting = { ...one, address: address("two.example") };
const profile: ProfileRecord = {
  relays: [one, two],
  routing: "unknownRelays",
  fallback: "allow",
  deleting: false,
};

describe("a relay may be used for less", () => {
  test.each<[string, Partial<ProfileRecord>]>([
    ["when it is no longer one of ours", { relays: [two] }],
    ["when no new queues are to be made there", { relays: [{ ...one, receive: false }, two] }],
    ["when it is to carry nothing any more", { relays: [{ ...one, proxy: false }, two] }],
    ["when messages go another way", { routing: "always" }],
    ["when fewer ways are open where that one fails", { fallback: "prohibit" }],
  ])("%s", (_, change) => {
    expect(mayLess(profile, { ...profile, ...change }, relay)).toBe(true);
  });
});

describe("a relay may be used for as much as before", () => {
  test.each<[string, Partial<ProfileRecord>]>([
    ["when nothing was changed", {}],
    ["when another one was", { relays: [one, { ...two, receive: false, proxy: false }] }],
    ["when another one is no longer ours", { relays: [one] }],
    ["when one was added", { relays: [...profile.relays, { ...one, address: address("three.example") }] }],
  ])("%s", (_, change) => {
    expect(mayLess(profile, { ...profile, ...change }, relay)).toBe(false);
  });

  test("when it gets roles that it did not have", () => {
    const before = { ...profile, relays: [{ ...one, receive: false, proxy: false }] };
    expect(mayLess(before, profile, relay)).toBe(false);
    expect(mayLess({ ...profile, relays: [] }, profile, relay)).toBe(false);
  });
});
