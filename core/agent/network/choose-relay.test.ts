import { describe, expect, test } from "vitest";
import { systemRandom } from "../../crypto/random.ts";
import { parseRelayAddress } from "../../smp/address.ts";
import type { RelaySetting } from "../api.ts";
import { chooseRelay } from "./choose-relay.ts";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const address = (host: string): string => `smp://${key}@${host}`;
const relays = (...hosts: readonly string[]): readonly RelaySetting[] =>
  hosts.map((host) => ({ address: address(host), receive: true, proxy: false }));
const parsed = (...hosts: readonly string[]) => hosts.map((host) => parseRelayAddress(address(host), "smp"));

/** The hosts that are chosen in 50 tries. */
function chosen(
  ...parameters: Parameters<typeof chooseRelay> extends readonly [infer S, infer U, unknown, ...infer R]
    ? [S, U, ...R]
    : never
) {
  const [settings, used, ...rest] = parameters;
  const hosts = Array.from(
    { length: 50 },
    () => chooseRelay(settings, used, systemRandom, ...rest).relay.hosts[0]?.name,
  );
  return [...new Set(hosts)].sort();
}

describe("a relay for a new queue", () => {
  test("is any of those that receive, not of those in use where there are others", () => {
    expect(chosen(relays("a.example", "b.example", "c.example"), [])).toEqual([
      "a.example",
      "b.example",
      "c.example",
    ]);
    expect(chosen(relays("a.example", "b.example", "c.example"), parsed("a.example"))).toEqual([
      "b.example",
      "c.example",
    ]);
    expect(chosen(relays("a.example"), parsed("a.example"))).toEqual(["a.example"]);
  });

  test("in place of another is on another relay where there is one, even if that is in use", () => {
    const two = relays("a.example", "b.example");
    expect(chosen(two, parsed("a.example"), parsed("b.example"))).toEqual(["a.example"]);
    expect(
      chosen(relays("a.example", "b.example", "c.example"), parsed("a.example"), parsed("b.example")),
    ).toEqual(["c.example"]);
    expect(chosen(relays("b.example"), parsed("a.example"), parsed("b.example"))).toEqual(["b.example"]);
  });

  test("is refused when none receives", () => {
    const proxies = relays("a.example").map((relay) => ({ ...relay, receive: false }));
    expect(() => chooseRelay(proxies, [], systemRandom)).toThrow("no relay to receive on");
  });
});
