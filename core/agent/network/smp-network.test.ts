import { expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { systemRandom } from "../../crypto/random.ts";
import { parseRelayAddress } from "../../smp/address.ts";
import { TransportError } from "../../transport/errors.ts";
import { smpNetwork } from "./smp-network.ts";

const relay = parseRelayAddress("smp://AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=@a.example", "smp");

test("each profile of each agent has an isolation of its own, the same for all its relays", async () => {
  const seen: (string | undefined)[] = [];
  const agents = [1, 2].map(() =>
    smpNetwork(
      (_, isolation) => {
        seen.push(isolation);
        return Promise.reject(new TransportError("network", "cannot connect: relay is not there"));
      },
      { clock: new VirtualClock(), random: systemRandom },
    )({ received: () => undefined, disconnected: () => undefined }),
  );
  for (const network of agents)
    for (const profile of [1, 2, 1])
      await expect(network.withSession(profile, relay, () => Promise.resolve())).rejects.toThrow("BROKER");
  expect(seen).toHaveLength(6);
  expect(new Set(seen).size).toBe(4);
  expect(seen[0]).toBe(seen[2]);
});
