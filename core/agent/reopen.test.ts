import { describe, expect, it } from "vitest";
import type { RoutingSetting } from "./api.ts";
import { errors, numbered, pair, pairApart, settingsOf, worldOf } from "./testing/pair.ts";
import { exchange, type TestAgent, type World, within } from "./testing/world.ts";

/** Long enough for sessions to be made and queues to be subscribed, too short for any wait between tries, in milliseconds. */
const atOnceMs = 100;
const hourMs = 3_600_000;

/** The way to relays changes for everybody. */
function changeWay(world: World, way: string, agents: readonly TestAgent[]): void {
  world.way = way;
  for (const { agent } of agents) agent.reopen();
}

/** Where blocks went since, by the ways named. */
function sentBy(world: World, way: string, from = 0): readonly string[] {
  return world.blocks.slice(from).flatMap((block) => (block.way === way ? [block.host] : []));
}

describe("when the way to relays changes, an agent", () => {
  it.each(["long", "only just"])("makes sessions that were open for %s anew at once", async (age) => {
    const { world, alice, bob, a, b } = await pair();
    if (age === "long") await world.clock.advance(hourMs);
    const from = world.blocks.length;
    changeWay(world, "proxy", [alice, bob]);
    expect(alice.agent.status(a).receive[0]?.subscribed).toBe(false);
    await world.clock.advance(atOnceMs);
    for (const [{ agent }, id] of [[alice, a] as const, [bob, b] as const])
      expect(agent.status(id).receive[0]?.subscribed).toBe(true);
    await exchange(world, [alice, a], [bob, b]);
    // A session that was left open would ask its relay from time to time whether it is there.
    await world.clock.advance(hourMs);
    expect(sentBy(world, "proxy", from)).not.toEqual([]);
    expect(sentBy(world, "straight", from)).toEqual([]);
  });

  it("sends again what was under way, and loses and repeats nothing", async () => {
    const { world, alice, bob, a, b } = await pair();
    const texts = numbered("m", 30);
    for (const [i, text] of texts.entries()) {
      alice.send(a, text);
      bob.send(b, text);
      await world.clock.advance(i % 5);
      if (i % 3 === 0) changeWay(world, `${i}`, [alice, bob]);
    }
    await world.until(() => alice.texts().length >= texts.length && bob.texts().length >= texts.length);
    await world.clock.advance(hourMs);
    expect(alice.texts()).toEqual(texts);
    expect(bob.texts()).toEqual(texts);
    expect(errors(alice, bob)).toEqual([]);
    expect([...alice.of("failed"), ...bob.of("failed")]).toEqual([]);
  });

  it("goes on with nothing that was being connected in the way before", async () => {
    const { world, alice, bob, a, b } = await pair();
    alice.send(a, "one");
    world.dialMs = 5_000;
    await alice.restart();
    await world.clock.advance(1_000);
    world.dialMs = 1;
    const from = world.blocks.length;
    world.way = "proxy";
    alice.agent.reopen();
    bob.agent.reopen();
    await world.clock.advance(atOnceMs);
    expect(alice.agent.status(a).receive[0]?.subscribed).toBe(true);
    await world.until(() => bob.texts(b).length === 1);
    await world.clock.advance(hourMs);
    expect(sentBy(world, "straight", from)).toEqual([]);
  });

  it("ends sessions in the middle of their handshake", async () => {
    const { world, alice, bob, a } = await pair(1);
    await bob.agent.stop();
    await alice.restart();
    const from = world.blocks.length;
    await world.until(() => world.blocks.length > from);
    changeWay(world, "proxy", [alice]);
    const since = world.blocks.length;
    await world.clock.advance(atOnceMs);
    expect(alice.agent.status(a).receive[0]?.subscribed).toBe(true);
    expect(sentBy(world, "straight", since)).toEqual([]);
  });

  it("tries a relay at once that was out of reach in the way before", async () => {
    const { world, alice, a } = await pair(1);
    for (const relay of world.relays.values()) {
      relay.up = false;
      world.cut(relay);
    }
    await world.clock.advance(hourMs);
    for (const relay of world.relays.values()) relay.up = true;
    changeWay(world, "proxy", [alice]);
    await world.clock.advance(atOnceMs);
    expect(alice.agent.status(a).receive[0]?.subscribed).toBe(true);
  });

  it("lets a command that waits for an answer fail as when a connection is lost", async () => {
    const { world, alice } = await pair(1);
    const created = alice.agent.createInvitation(alice.profile);
    alice.agent.reopen();
    await expect(within(world, created)).rejects.toMatchObject({ code: "BROKER NETWORK" });
    expect((await within(world, alice.agent.createInvitation(alice.profile))).fullLink).toContain("simplex");
  });

  it("makes nothing anew that has stopped", async () => {
    const world = worldOf(1);
    const alice = world.addAgent();
    await within(world, alice.agent.createInvitation(alice.profile));
    await alice.agent.stop();
    const from = world.blocks.length;
    alice.agent.reopen();
    await world.clock.advance(hourMs);
    expect(world.blocks.slice(from)).toEqual([]);
  });
});

describe("when messages may no longer go the way they go", () => {
  const strict: RoutingSetting = { routing: "always", fallback: "prohibit" };

  it.each<RoutingSetting>([
    { routing: "never", fallback: "prohibit" },
    { routing: "always", fallback: "allow" },
  ])("what is about to go by $routing, $fallback does not", async (before) => {
    const { world, alice, bob, a, peers } = await pairApart();
    alice.agent.setRouting(alice.profile, before);
    const host = peers.address.hosts[0]?.name ?? "";
    await bob.agent.stop();
    world.dialMs = 5_000;
    await alice.restart();
    await world.clock.advance(2 * world.dialMs);
    alice.send(a, "one");
    await world.clock.advance(1_000);
    alice.agent.setRouting(alice.profile, strict);
    const from = world.blocks.length;
    await world.clock.advance(hourMs);
    expect(sentBy(world, "straight", from)).not.toContain(host);
    expect(alice.agent.status(a).pending).toBe(1);
    alice.agent.setRouting(alice.profile, before);
    await bob.restart();
    await world.until(() => bob.texts().length > 0);
    expect(bob.texts()).toEqual(["one"]);
  });

  it("the session with a relay that is to carry nothing any more ends", async () => {
    const { world, alice, bob, a, current, peers, spare } = await pairApart();
    await bob.agent.stop();
    const carrier = (proxy: boolean) =>
      settingsOf(world).map((one) => ({ ...one, proxy: proxy && one.address === spare.text }));
    alice.agent.setRelays(alice.profile, carrier(true));
    alice.agent.setRouting(alice.profile, strict);
    const host = spare.address.hosts[0]?.name ?? "";
    const before = world.blocks.length;
    alice.send(a, "one");
    await world.clock.advance(atOnceMs);
    expect(sentBy(world, "straight", before)).toContain(host);
    alice.agent.setRelays(alice.profile, carrier(false));
    const from = world.blocks.length;
    await world.clock.advance(2 * hourMs);
    const hosts = new Set(sentBy(world, "straight", from));
    expect(hosts).toEqual(new Set([current.address.hosts[0]?.name]));
    expect(peers.store.counts().messages).toBe(0);
  });

  it("sessions that may go on being used as before stay as they are", async () => {
    const { world, alice, a, current } = await pairApart();
    await world.clock.advance(hourMs);
    const others = settingsOf(world).map((one) =>
      one.address === current.text ? one : { ...one, receive: false, proxy: false },
    );
    alice.events.length = 0;
    alice.agent.setRelays(alice.profile, others);
    alice.agent.setRouting(alice.profile, { routing: "never", fallback: "allow" });
    expect(alice.agent.status(a).receive[0]?.subscribed).toBe(true);
    await world.clock.advance(atOnceMs);
    expect(alice.events).toEqual([]);
  });
});
