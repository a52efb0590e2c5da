import { describe, expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import type { ConnectionId } from "./api.ts";
import { down, errors, homeOf, numbered, pair, worldOf } from "./testing/pair.ts";
import { connectPair, type TestAgent, within } from "./testing/world.ts";

const dayMs = 24 * 3_600_000;

describe.each([7, 8])("queue rotation between agents of version %i", (version) => {
  it("moves reception to another relay, and no message is lost, doubled or out of order", async () => {
    const { world, alice, bob, a, b } = await pair(3, version);
    const before = alice.agent.status(a).receive[0]?.relay;
    alice.agent.switchRelay(a);
    for (let i = 0; i < 30; i++) {
      bob.send(b, `b${i}`);
      await world.clock.advance(3);
    }
    await world.until(
      () => alice.of("switch").some(({ phase }) => phase === "completed") && alice.texts().length === 30,
    );
    const after = alice.agent.status(a).receive;
    expect(after).toHaveLength(1);
    expect(after[0]?.relay).not.toBe(before);
    expect(alice.texts()).toEqual(numbered("b", 30));
    expect(alice.of("message").every(({ message }) => message.integrity.type === "ok")).toBe(true);
    const phases =
      version === 7 ? ["started", "confirmed", "secured", "completed"] : ["started", "secured", "completed"];
    expect(bob.of("switch").map(({ direction, phase }) => `${direction} ${phase}`)).toEqual(
      phases.map((phase) => `send ${phase}`),
    );
    expect(errors(alice, bob)).toEqual([]);
    bob.send(b, "after");
    alice.send(a, "answer");
    await world.until(() => alice.texts().includes("after") && bob.texts().includes("answer"));
  });

  it("keeps the order when the new relay delivers before the old one", async () => {
    const { world, alice, bob, a, b } = await pair(3, version);
    const old = homeOf(alice, a);
    alice.agent.switchRelay(a);
    await world.until(() => alice.of("switch").some(({ phase }) => phase === "secured"));
    for (let i = 0; i < 5; i++) bob.send(b, `old${i}`);
    old.up = true;
    await alice.agent.stop();
    await world.until(() => bob.of("switch").some(({ phase }) => phase === "completed"));
    for (let i = 0; i < 5; i++) bob.send(b, `new${i}`);
    await world.until(() => bob.of("sent").length === 10);
    down(world, old);
    await alice.restart();
    await world.clock.advance(60_000);
    old.up = true;
    await world.until(() => alice.texts().length === 10);
    expect(alice.texts()).toEqual([...numbered("old", 5), ...numbered("new", 5)]);
    await world.until(() => alice.of("switch").some(({ phase }) => phase === "completed"));
  });

  it("works for both sides at once, over restarts", async () => {
    const { world, alice, bob, a, b } = await pair(3, version);
    alice.agent.switchRelay(a);
    bob.agent.switchRelay(b);
    for (let i = 0; i < 8; i++) {
      await world.clock.advance(7);
      if (i % 2 === 0) await alice.restart();
      else await bob.restart();
    }
    const completed = (agent: TestAgent) =>
      agent.of("switch").filter(({ phase }) => phase === "completed").length === 2;
    await world.until(() => completed(alice) && completed(bob));
    alice.send(a, "x");
    bob.send(b, "y");
    await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
    expect(errors(alice, bob)).toEqual([]);
    expect(() => alice.agent.switchRelay(b)).toThrow("CONN NOT_FOUND");
  });
});

describe("a restart", () => {
  it("does no harm at whatever moment of a rotation it comes", async () => {
    const { world, alice, bob, a, b } = await pair();
    const phases = (phase: string) => alice.of("switch").filter((event) => event.phase === phase).length;
    for (let afterMs = 0; afterMs < 14; afterMs++) {
      alice.agent.switchRelay(a);
      await world.until(() => phases("secured") === afterMs + 1);
      await world.clock.advance(afterMs);
      await alice.restart();
      await world.until(() => phases("completed") === afterMs + 1);
    }
    bob.send(b, "still here");
    await world.until(() => alice.texts().length === 1);
    expect(errors(alice, bob)).toEqual([]);
  });
});

describe("ratchet re-synchronisation", () => {
  it("agrees on a new ratchet, and what waited is delivered", async () => {
    const { world, alice, bob, a, b } = await pair();
    const code = alice.agent.securityCode(a);
    alice.agent.synchronizeRatchet(a, true);
    alice.send(a, "waited");
    bob.send(b, "from bob");
    await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
    alice.send(a, "after");
    bob.send(b, "after too");
    await world.until(() => alice.texts().length === 2 && bob.texts().length === 2);
    expect(alice.of("ratchetSync").map(({ state }) => state)).toEqual(["started", "agreed", "ok"]);
    expect(alice.agent.status(a).ratchetSync).toBe("ok");
    expect(bob.agent.status(b).ratchetSync).toBe("ok");
    expect(alice.agent.securityCode(a)).not.toEqual(code);
    expect(alice.agent.securityCode(a)).toEqual(bob.agent.securityCode(b));
    expect(errors(alice, bob)).toEqual([]);
  });

  it("works when both sides begin it", async () => {
    const { world, alice, bob, a, b } = await pair();
    alice.agent.synchronizeRatchet(a, true);
    bob.agent.synchronizeRatchet(b, true);
    alice.send(a, "one");
    bob.send(b, "two");
    await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
    expect(errors(alice, bob)).toEqual([]);
    expect(alice.agent.securityCode(a)).toEqual(bob.agent.securityCode(b));
  });

  it("keeps the number of a message that was on its way, so that it comes late but is not doubted", async () => {
    const { world, alice, bob, a, b } = await pair();
    const relay = homeOf(bob, b);
    down(world, relay);
    alice.send(a, "on its way");
    await world.clock.advance(1_000);
    alice.agent.synchronizeRatchet(a, true);
    bob.agent.synchronizeRatchet(b, true);
    alice.send(a, "after");
    await world.clock.advance(30_000);
    relay.up = true;
    await world.until(() => bob.texts().length === 2);
    expect(bob.texts()).toEqual(["on its way", "after"]);
    expect(bob.of("message").map(({ message }) => message.integrity.type)).toEqual(["ok", "ok"]);
    expect(errors(alice, bob)).toEqual([]);
  });

  it("with a peer that is gone fails, and so does what waited for it", async () => {
    const { world, alice, bob, a, b } = await pair();
    bob.agent.delete(b);
    await world.until(() => bob.of("deleted").length === 1);
    alice.agent.synchronizeRatchet(a, true);
    const id = alice.send(a, "to nobody");
    await world.until(() => alice.of("failed").length === 1);
    expect(alice.of("failed")[0]).toMatchObject({ ids: [id], fault: { code: "SMP AUTH" } });
    expect(alice.agent.status(a)).toMatchObject({ pending: 0, ratchetSync: "allowed" });
  });

  it("is refused before the connection is established", async () => {
    const world = worldOf(3);
    const alice = world.addAgent();
    const bob = world.addAgent();
    alice.autoAllow = undefined;
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => bob.of("joined").length === 1);
    expect(() => bob.agent.synchronizeRatchet(joined, true)).toThrow("CONN SIMPLEX");
  });

  it("is refused when the ratchet is in order", async () => {
    const { alice, a } = await pair();
    expect(() => alice.agent.synchronizeRatchet(a)).toThrow("CMD PROHIBITED");
  });
});

describe("fast queue rotation", () => {
  it("moves away from a relay that is gone for good, without losing what was sent since", async () => {
    const { world, alice, bob, a, b } = await pair();
    const dead = homeOf(alice, a);
    expect(homeOf(bob, b)).not.toBe(dead);
    down(world, dead);
    for (let i = 0; i < 5; i++) bob.send(b, `b${i}`);
    alice.agent.switchRelay(a);
    await world.until(() => alice.texts().length === 5, 3_600_000);
    expect(alice.texts()).toEqual(["b0", "b1", "b2", "b3", "b4"]);
    await world.until(() => bob.of("switch").length === 3);
    expect(bob.of("switch").map(({ phase }) => phase)).toEqual(["started", "secured", "completed"]);
    const used = alice.agent.status(a).receive.find(({ switching }) => switching === undefined);
    expect(used?.relay).not.toBe(dead.text);
    expect(bob.of("failed")).toEqual([]);
  });

  it("is not used with a peer below version 8", async () => {
    const world = worldOf(3);
    const alice = world.addAgent();
    const bob = world.addAgent(undefined, undefined, { min: 2, max: 7 });
    const [a, b] = await connectPair(world, alice, bob);
    alice.agent.switchRelay(a);
    await world.until(() => alice.of("switch").some(({ phase }) => phase === "completed"));
    expect(bob.of("switch").map(({ phase }) => phase)).toContain("confirmed");
    expect(bob.agent.status(b).agentVersion).toBe(7);
  });

  it("can be begun anew when a peer below version 8 dropped the word of it", async () => {
    const { world, alice, bob, a, b } = await pair(3, 7);
    const { store } = homeOf(bob, b);
    const add = store.addMessage.bind(store);
    store.addMessage = () => ({ type: "stored", wasEmpty: false });
    alice.agent.switchRelay(a);
    await world.until(() => alice.agent.status(a).receive.length === 2);
    await world.until(() => alice.agent.pending(a) === 0);
    store.addMessage = add;
    alice.agent.switchRelay(a);
    await world.until(() => alice.of("switch").some(({ phase }) => phase === "completed"));
    await world.until(() => bob.of("switch").some(({ phase }) => phase === "completed"));
    await world.until(() => alice.agent.unfinished() === 0);
    expect(alice.agent.status(a).receive).toHaveLength(1);
    bob.send(b, "after");
    await world.until(() => alice.texts().includes("after"));
    expect(errors(alice, bob)).toEqual([]);
  });

  it("can't be begun anew once a peer below version 8 has answered", async () => {
    const { world, alice, a } = await pair(3, 7);
    alice.agent.switchRelay(a);
    await world.until(() => alice.of("switch").some(({ phase }) => phase === "confirmed"));
    expect(() => alice.agent.switchRelay(a)).toThrow("CMD PROHIBITED");
  });

  it.each([2, 3, 4, 5, 6])("is no hindrance to speaking with an agent of version %i", async (version) => {
    const world = worldOf(3);
    const alice = world.addAgent();
    const bob = world.addAgent(undefined, undefined, { min: 2, max: version });
    const [a, b] = await connectPair(world, alice, bob);
    alice.send(a, "a");
    bob.send(b, "b");
    await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
    expect(alice.agent.status(a)).toMatchObject({ agentVersion: version, postQuantumSent: version >= 5 });
    expect(errors(alice, bob)).toEqual([]);
  });

  it("is begun by itself for the only connection of a profile, which has no other relay to compare with", async () => {
    const { world, alice, bob, a, b } = await pair();
    const gone = homeOf(alice, a);
    down(world, gone);
    await world.until(
      () =>
        alice.of("switch").some(({ phase, direction }) => phase === "completed" && direction === "receive"),
      2 * dayMs,
    );
    bob.send(b, "still here");
    await world.until(() => alice.texts().length === 1);
  });

  it("is begun by itself when a relay has been gone for a day, and not when all are", async () => {
    const world = worldOf(3);
    const alice = world.addAgent();
    const bob = world.addAgent();
    const connections: (readonly [ConnectionId, ConnectionId])[] = [];
    const homes = () => connections.map(([a]) => homeOf(alice, a));
    while (new Set(homes()).size < 2) connections.push(await connectPair(world, alice, bob));
    const [gone] = homes();
    if (gone === undefined) throw new Error("no relay");
    const moving = connections.filter(([a]) => homeOf(alice, a) === gone);
    const relays = [...world.relays.values()];
    down(world, ...relays);
    await world.clock.advance(2 * dayMs);
    expect(alice.of("switch")).toEqual([]);
    for (const relay of relays) relay.up = true;
    await world.clock.advance(600_000);
    down(world, gone);
    const done = () =>
      alice.of("switch").filter(({ phase, direction }) => phase === "completed" && direction === "receive");
    await world.until(() => done().length === moving.length, 2 * dayMs);
    expect(new Set(done().map(({ connection }) => connection))).toEqual(new Set(moving.map(([a]) => a)));
    for (const [, b] of connections) bob.send(b, "still here");
    await world.until(() => alice.texts().length === connections.length);
  });
});
