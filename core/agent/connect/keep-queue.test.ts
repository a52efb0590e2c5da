import { describe, expect, it } from "vitest";
import { hexEncode } from "../../bytes/index.ts";
import { formatConnectionRequest, parseConnectionRequest } from "../links/connection-request-text.ts";
import { down, pairApart } from "../testing/pair.ts";
import { invitation, three } from "../testing/stranger.ts";
import { type World, within } from "../testing/world.ts";

/** The queues that relays of a world have from now on, by host and recipient id. */
function watchQueues({ relays }: World): ReadonlySet<string> {
  const present = new Set<string>();
  for (const [host, { store }] of relays) {
    const create = store.createQueue.bind(store);
    const remove = store.deleteQueue.bind(store);
    store.createQueue = (queue, link) => {
      present.add(`${host} ${hexEncode(queue.recipientId)}`);
      return create(queue, link);
    };
    store.deleteQueue = (queue) => {
      present.delete(`${host} ${hexEncode(queue.recipientId)}`);
      remove(queue);
    };
  }
  return present;
}

/** Long enough for all that can be done when every relay is up, in milliseconds. */
const soonMs = 10_000;

describe("a queue at a relay", () => {
  it.each(["createInvitation", "createAddress"] as const)(
    "is not left there, at whatever moment the connection is deleted that joins by %s",
    async (create) => {
      for (let ms = 0; ms < 20; ms++) {
        const { world, alice, bob, join } = three();
        const { fullLink } = await within(world, alice.agent[create](alice.profile));
        const queues = watchQueues(world);
        const b = join(bob, fullLink);
        await world.clock.advance(ms);
        bob.agent.delete(b);
        await world.clock.advance(soonMs);
        expect([ms, ...queues]).toEqual([ms]);
        expect(bob.of("deleted")).toHaveLength(1);
      }
    },
  );

  it("is not left there when the profile is deleted that an invitation is made in", async () => {
    for (let ms = 0; ms < 10; ms++) {
      const { world, alice } = three();
      const queues = watchQueues(world);
      const creating = alice.agent.createInvitation(alice.profile).catch((error: Error) => error.message);
      await world.clock.advance(ms);
      alice.agent.deleteProfile(alice.profile);
      await within(world, creating);
      await world.clock.advance(soonMs);
      expect([ms, ...queues]).toEqual([ms]);
      expect(alice.agent.connections(alice.profile)).toEqual([]);
    }
  });

  it("is not left there when the invitation that it was made to answer has keys that are no good", async () => {
    const { world, alice, bob, join } = three();
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const request = invitation(parseConnectionRequest(fullLink));
    const queues = watchQueues(world);
    join(
      bob,
      formatConnectionRequest({ ...request, ratchet: { ...request.ratchet, key1: new Uint8Array(56) } }),
    );
    await world.until(() => bob.of("error").length > 0);
    expect([...queues]).toEqual([]);
  });

  it("is deleted with its connection, though the relay of another queue of it is down for good", async () => {
    const { world, alice, bob, a, current, spare } = await pairApart(7);
    const queues = watchQueues(world);
    await bob.agent.stop();
    alice.agent.switchRelay(a, spare.text);
    await world.until(() => alice.agent.status(a).receive.length === 2);
    expect(queues.size).toBe(1);
    down(world, current);
    alice.agent.delete(a);
    await world.clock.advance(soonMs);
    expect([...queues]).toEqual([]);
    expect(alice.of("deleted")).toEqual([]);
    current.up = true;
    await world.until(() => alice.of("deleted").length === 1);
  });
});
