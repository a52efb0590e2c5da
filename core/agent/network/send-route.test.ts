import { expect, test } from "vitest";
import { systemRandom } from "../../crypto/random.ts";
import { parseRelayAddressWithAuth } from "../../smp/address.ts";
import type { PrivateRouting, RoutingFallback } from "../api.ts";
import type { Network } from "./network.ts";
import { RelayFault } from "./relay-fault.ts";
import { sendRouted } from "./send-route.ts";

const key = "LcJUMfVhwD8yxjAiSaDzzGF3-kLG4Uh0Fl_ZIjrRwjI=";
const own = `smp://${key}@own.example`;
const strange = `smp://${key}@strange.example`;
const onion = `smp://${key}@beccx4yfxxbvyhqypaavemqurytl6hozr47wfc7uuecacjqdvwpw2xid.onion`;
const local = `smp://${key}@127.0.0.1:20001`;

/** Which way a command goes to a relay; `proxyFails` says how. */
async function wayTo(
  address: string,
  routing: PrivateRouting,
  fallback: RoutingFallback,
  { proxy = true, proxyFails }: { proxy?: boolean; proxyFails?: RelayFault } = {},
): Promise<string> {
  const unused = () => Promise.reject(new Error("the client is not used here"));
  const network: Network = {
    withSession: async () => Promise.resolve("directly" as never),
    withProxy: async () => {
      if (proxyFails !== undefined) throw proxyFails;
      return Promise.resolve("proxied" as never);
    },
    end: () => undefined,
    close: () => undefined,
  };
  const { answer } = await sendRouted(
    {
      network,
      random: systemRandom,
      profile: 1,
      settings: { relays: [{ address: own, receive: true, proxy }], routing, fallback, deleting: false },
    },
    parseRelayAddressWithAuth(address, "smp").relay,
    { directly: unused, throughProxy: unused },
  );
  return answer;
}

test("what goes to one's own relays goes there directly, to others through a proxy", async () => {
  expect(await wayTo(own, "unknownRelays", "prohibit")).toBe("directly");
  expect(await wayTo(strange, "unknownRelays", "prohibit")).toBe("proxied");
  expect(await wayTo(own, "always", "prohibit")).toBe("proxied");
  expect(await wayTo(strange, "never", "prohibit")).toBe("directly");
});

test("an onion service needs no proxy where only unprotected ways do", async () => {
  expect(await wayTo(onion, "unprotected", "prohibit")).toBe("directly");
  expect(await wayTo(strange, "unprotected", "prohibit")).toBe("proxied");
});

test("without a proxy, one goes directly only as the setting allows: a protected way is one that hides us", async () => {
  const without = { proxy: false };
  expect(await wayTo(strange, "unknownRelays", "allow", without)).toBe("directly");
  await expect(wayTo(strange, "unknownRelays", "allowProtected", without)).rejects.toThrow("PROXY");
  expect(await wayTo(onion, "unknownRelays", "allowProtected", without)).toBe("directly");
  expect(await wayTo(local, "unknownRelays", "allowProtected", without)).toBe("directly");
  await expect(wayTo(local, "unknownRelays", "prohibit", without)).rejects.toThrow("PROXY");
});

test("a proxy that can't be reached is gone round as the setting allows, one that refuses is not", async () => {
  const gone = new RelayFault("BROKER NETWORK", "own", { temporary: true, host: true });
  const refuses = new RelayFault("PROXY", "own", { temporary: false, host: false });
  expect(await wayTo(strange, "unknownRelays", "allow", { proxyFails: gone })).toBe("directly");
  await expect(wayTo(strange, "unknownRelays", "allowProtected", { proxyFails: gone })).rejects.toBe(gone);
  await expect(wayTo(strange, "unknownRelays", "allow", { proxyFails: refuses })).rejects.toBe(refuses);
});
