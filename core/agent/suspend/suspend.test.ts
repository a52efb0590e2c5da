import { describe, expect, it } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import type { ConnectionId } from "../api.ts";
import { down, homeOf, pair, worldOf } from "../testing/pair.ts";
import { connectPair, type TestAgent, type World, within } from "../testing/world.ts";

/** Whether what is sent to a suspended connection fails, and nothing of it arrives. */
async function expectClosed(world: World, alice: TestAgent, bob: TestAgent, toAlice: ConnectionId) {
  const id = bob.send(toAlice, "too late");
  await world.until(() => bob.of("failed").some(({ ids }) => ids.includes(id)));
  expect(bob.of("failed").map(({ fault }) => fault.code)).toEqual(["SMP AUTH"]);
  expect(alice.texts()).toEqual([]);
}

describe("a suspended connection", () => {
  it("takes no more messages, but sends", async () => {
    const { world, alice, bob, a, b } = await pair();
    alice.agent.suspend(a);
    await world.until(() => alice.agent.unfinished() === 0);
    await expectClosed(world, alice, bob, b);
    alice.send(a, "still sends");
    await world.until(() => bob.texts().length === 1 && alice.of("sent").length === 1);
    expect(alice.agent.status(a)).toMatchObject({ suspended: true, pending: 0 });
    expect(alice.of("error")).toEqual([]);
  });

  it("refuses, by name, what would make a queue or wait for the peer's answer; after a restart, too", async () => {
    const { alice, a } = await pair();
    alice.agent.suspend(a);
    for (const restart of [false, true]) {
      if (restart) await alice.restart();
      expect(() => alice.agent.switchRelay(a)).toThrow("CMD PROHIBITED: connection is suspended");
      expect(() => alice.agent.synchronizeRatchet(a, true)).toThrow("connection is suspended");
    }
    expect(alice.of("switch")).toEqual([]);
  });

  it("is so although the agent ends before any relay has heard of it", async () => {
    const { world, alice, bob, a, b } = await pair();
    down(world, ...world.relays.values());
    alice.agent.suspend(a);
    await alice.restart();
    for (const relay of world.relays.values()) relay.up = true;
    await world.until(() => alice.agent.unfinished() === 0);
    await expectClosed(world, alice, bob, b);
  });

  it("does not leave a relay that keeps failing", async () => {
    const { world, alice, bob, a } = await pair();
    await connectPair(world, alice, bob);
    alice.agent.suspend(a);
    await world.until(() => alice.agent.unfinished() === 0);
    const gone = homeOf(alice, a);
    down(world, gone);
    await world.clock.advance(3 * 24 * 3_600_000);
    expect(alice.of("switch").filter(({ connection }) => connection === a)).toEqual([]);
  });

  it("can't be one that has no queue yet: the one that is being made would take messages", async () => {
    const world = worldOf(3);
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    expect(() => bob.agent.suspend(joined)).toThrow("CMD PROHIBITED: connection has no queue yet");
  });
});

describe.each([7, 8])("a connection that is suspended during its rotation, version %i", (max) => {
  it("has no queue in the end that takes messages, at whatever moment that is", async () => {
    const world = worldOf(3);
    const alice = world.addAgent(undefined, undefined, { min: 2, max });
    for (let afterMs = 0; afterMs < 24; afterMs += 2) {
      alice.events.length = 0;
      const bob = world.addAgent(undefined, undefined, { min: 2, max });
      const [a, b] = await connectPair(world, alice, bob);
      alice.agent.switchRelay(a);
      await world.clock.advance(afterMs);
      alice.agent.suspend(a);
      if (afterMs % 3 === 0) await alice.restart();
      await world.until(() => alice.agent.unfinished() === 0 && bob.agent.unfinished() === 0);
      const id = bob.send(b, `after ${afterMs} ms`);
      await world.until(() => bob.of("failed").some(({ ids }) => ids.includes(id)));
      expect(alice.texts()).toEqual([]);
      expect(() => alice.agent.switchRelay(a)).toThrow("connection is suspended");
    }
  });

  it("tells that the rotation, which had only begun, does not go on", async () => {
    const world = worldOf(3);
    const alice = world.addAgent(undefined, undefined, { min: 2, max });
    const bob = world.addAgent(undefined, undefined, { min: 2, max });
    const [a] = await connectPair(world, alice, bob);
    alice.agent.switchRelay(a);
    alice.agent.suspend(a);
    await world.until(() => alice.agent.unfinished() === 0);
    expect(alice.of("error").map(({ fault }) => fault)).toEqual([
      { code: "CMD PROHIBITED", detail: "connection is suspended" },
    ]);
    expect(alice.agent.status(a).receive.map(({ switching }) => switching)).toEqual([undefined]);
  });
});
