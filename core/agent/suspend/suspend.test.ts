import { describe, expect, it } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import type { ConnectionId } from "../api.ts";
import { connectPair, type TestAgent, World, within } from "../testing/world.ts";

function threeRelays() {
  const world = new World();
  for (const host of ["one.test", "two.test", "three.test"]) world.addRelay(host);
  return world;
}

function setAll(world: World, up: boolean) {
  for (const relay of world.relays.values()) {
    relay.up = up;
    if (!up) world.cut(relay);
  }
}

/** Whether what is sent to a suspended connection fails, and nothing of it arrives. */
async function expectClosed(world: World, alice: TestAgent, bob: TestAgent, toAlice: ConnectionId) {
  const id = bob.send(toAlice, "too late");
  await world.until(() => bob.of("failed").some(({ ids }) => ids.includes(id)));
  expect(bob.of("failed").map(({ fault }) => fault.code)).toEqual(["SMP AUTH"]);
  expect(alice.texts()).toEqual([]);
}

describe("a suspended connection", () => {
  it("takes no more messages, but sends", async () => {
    const world = threeRelays();
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    const [a, b] = await connectPair(world, alice, bob);
    alice.agent.suspend(a);
    await world.until(() => alice.agent.unfinished() === 0);
    await expectClosed(world, alice, bob, b);
    alice.send(a, "still sends");
    await world.until(() => bob.texts().length === 1 && alice.of("sent").length === 1);
    expect(alice.agent.status(a)).toMatchObject({ suspended: true, pending: 0 });
    expect(alice.of("error")).toEqual([]);
  });

  it("refuses, by name, what would make a queue or wait for the peer's answer; after a restart, too", async () => {
    const world = threeRelays();
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    const [a] = await connectPair(world, alice, bob);
    alice.agent.suspend(a);
    for (const restart of [false, true]) {
      if (restart) await alice.restart();
      expect(() => alice.agent.switchRelay(a)).toThrow("CMD PROHIBITED: connection is suspended");
      expect(() => alice.agent.synchronizeRatchet(a, true)).toThrow("connection is suspended");
    }
    expect(alice.of("switch")).toEqual([]);
  });

  it("is so although the agent ends before any relay has heard of it", async () => {
    const world = threeRelays();
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    const [a, b] = await connectPair(world, alice, bob);
    setAll(world, false);
    alice.agent.suspend(a);
    await alice.restart();
    setAll(world, true);
    await world.until(() => alice.agent.unfinished() === 0);
    await expectClosed(world, alice, bob, b);
  });

  it("does not leave a relay that keeps failing", async () => {
    const world = threeRelays();
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    const [a] = await connectPair(world, alice, bob);
    await connectPair(world, alice, bob);
    alice.agent.suspend(a);
    await world.until(() => alice.agent.unfinished() === 0);
    const gone = [...world.relays.values()].find(
      ({ text }) => text === alice.agent.status(a).receive[0]?.relay,
    );
    if (gone === undefined) throw new Error("no relay");
    gone.up = false;
    world.cut(gone);
    await world.clock.advance(3 * 24 * 3_600_000);
    expect(alice.of("switch").filter(({ connection }) => connection === a)).toEqual([]);
  });

  it("can't be one that has no queue yet: the one that is being made would take messages", async () => {
    const world = threeRelays();
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    expect(() => bob.agent.suspend(joined)).toThrow("CMD PROHIBITED: connection has no queue yet");
  });
});

describe.each([7, 8])("a connection that is suspended during its rotation, version %i", (max) => {
  it("has no queue in the end that takes messages, at whatever moment that is", async () => {
    const world = threeRelays();
    const alice = world.addAgent(undefined, undefined, { min: 2, max });
    for (let afterMs = 0; afterMs < 24; afterMs++) {
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
    const world = threeRelays();
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
