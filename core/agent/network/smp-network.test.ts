import { expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { systemRandom } from "../../crypto/random.ts";
import { parseRelayAddress } from "../../smp/address.ts";
import { TransportError } from "../../transport/errors.ts";
import { memoryLink } from "../../transport/memory.ts";
import type { Transport } from "../../transport/transport.ts";
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

test("what waits for a session that is ended says nothing against its relay; if it connects later, that is closed", async () => {
  const clock = new VirtualClock();
  const connecting = Promise.withResolvers<Transport>();
  const lost: number[] = [];
  const network = smpNetwork(() => connecting.promise, { clock, random: systemRandom })({
    received: () => undefined,
    disconnected: (profile) => lost.push(profile),
  });
  const unused = () => Promise.reject(new Error("the session is not used here"));
  const ended = [network.withSession(1, relay, unused), network.withProxy(1, { relay }, relay, unused)].map(
    (waiting) => expect(waiting).rejects.toMatchObject({ temporary: true, host: false }),
  );
  network.end((profile) => profile === 2);
  expect(lost).toEqual([]);
  network.end((profile) => profile === 1);
  await Promise.all(ended);
  expect(lost).toEqual([1]);
  const link = memoryLink({ clock });
  const closed = new Promise((resolve) => {
    link.server.receive({ block: () => undefined, closed: resolve });
  });
  connecting.resolve(link.client);
  expect(await closed).toMatchObject({ code: "closed" });
});
