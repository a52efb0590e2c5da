import { describe, expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { since, smpVersions } from "../smp/version.ts";
import { tables } from "./state/tables.ts";
import { down, errors, homeOf, pair, settingsOf, worldOf } from "./testing/pair.ts";
import { connectPair, exchange, TestAgent, World, within } from "./testing/world.ts";

describe("connection", () => {
  it("is made although each side is offline while the other works", async () => {
    const world = worldOf(2);
    const alice = world.addAgent();
    const bob = world.addAgent();
    alice.autoAllow = undefined;
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    await alice.agent.stop();
    const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => bob.of("joined").length === 1);
    await bob.agent.stop();
    await alice.restart();
    await world.until(() => alice.of("confirmation").length === 1);
    const [confirmation] = alice.of("confirmation");
    if (confirmation === undefined) throw new Error("no confirmation");
    await alice.restart();
    alice.agent.allow(connection, confirmation.confirmation, utf8Encode("alice"));
    await world.until(() => alice.isConnected(connection));
    alice.send(connection, "first");
    await world.until(() => alice.of("sent").length === 1);
    await alice.agent.stop();
    await bob.restart();
    await world.until(() => bob.texts().length === 1);
    expect(bob.isConnected(joined)).toBe(true);
    expect(bob.texts()).toEqual(["first"]);
    expect(errors(alice, bob)).toEqual([]);
  });

  it("delivers across restarts of agents and relays, once and in order", async () => {
    const { world, alice, bob, a, b } = await pair(2);
    const relays = [...world.relays.values()];
    for (let i = 0; i < 30; i++) {
      alice.send(a, `a${i}`);
      bob.send(b, `b${i}`);
      await world.clock.advance(i % 5);
      if (i % 6 === 0) await alice.restart();
      if (i % 7 === 0) await bob.restart();
      const relay = relays[i % 2];
      if (i % 8 === 0 && relay !== undefined) world.cut(relay);
    }
    await world.until(() => alice.texts().length >= 30 && bob.texts().length >= 30);
    await world.clock.advance(200_000);
    expect(bob.texts()).toEqual(Array.from({ length: 30 }, (_, i) => `a${i}`));
    expect(alice.texts()).toEqual(Array.from({ length: 30 }, (_, i) => `b${i}`));
    expect(errors(alice, bob)).toEqual([]);
  });

  it("is confirmed once to the peer, though it was allowed twice", async () => {
    const world = worldOf(2);
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    alice.autoAllow = undefined;
    const { connection: a, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const b = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => alice.of("confirmation").length === 1);
    for (const { confirmation } of alice.of("confirmation"))
      for (const info of ["one", "two"]) alice.agent.allow(a, confirmation, utf8Encode(info));
    await world.until(() => alice.isConnected(a) && bob.isConnected(b));
    expect(await exchange(world, [alice, a], [bob, b])).toEqual(["ok", "ok"]);
    expect(alice.of("connected")).toHaveLength(1);
    expect(errors(alice, bob)).toEqual([]);
  });

  it("tells of receipts", async () => {
    const { world, alice, bob, a, b } = await pair(2);
    const id = alice.send(a, "hi");
    await world.until(() => bob.texts().length === 1);
    bob.agent.receipt(b, bob.of("message")[0]?.message.id ?? 0);
    await world.until(() => alice.of("receipt").length === 1);
    expect(alice.of("receipt")[0]?.receipts).toEqual([{ id, status: "ok" }]);
    expect(() => bob.agent.receipt(b, 999)).toThrow("CMD PROHIBITED");
  });

  it("tells of each message once that it arrived, and of nothing that the application did not get", async () => {
    const { world, alice, bob, a, b } = await pair(2);
    alice.send(a, "hi");
    await world.until(() => bob.texts().length === 1);
    const id = bob.of("message")[0]?.message.id ?? 0;
    bob.agent.receipt(b, id);
    expect(() => bob.agent.receipt(b, id)).toThrow("CMD PROHIBITED");
    await world.until(() => alice.of("receipt").length === 1);
    // The only one that alice has a number for besides her own message is that with the receipt.
    for (let other = 0; other < 10; other++)
      expect(() => alice.agent.receipt(a, other)).toThrow("CMD PROHIBITED");
    expect(alice.agent.status(a).pending).toBe(0);
  });

  it("is made by an address although the relay's answer to the request is lost", async () => {
    const world = worldOf(2);
    const alice = world.addAgent();
    const { connection, fullLink } = await within(world, alice.agent.createAddress(alice.profile));
    const relay = homeOf(alice, connection);
    for (let afterMs = 5; afterMs < 20; afterMs++) {
      const bob = world.addAgent();
      const joined = bob.agent.join(bob.profile, fullLink, utf8Encode(`bob ${afterMs}`));
      await world.clock.advance(afterMs);
      await bob.agent.stop();
      await world.clock.advance(1_000);
      for (const { request } of alice.of("request")) alice.agent.accept(request, utf8Encode("alice"));
      alice.events.length = 0;
      await world.clock.advance(1_000);
      down(world, relay);
      await bob.restart();
      await world.clock.advance(5_000);
      relay.up = true;
      await world.until(() => {
        for (const { request } of alice.of("request")) alice.agent.accept(request, utf8Encode("alice"));
        alice.events.length = 0;
        return bob.isConnected(joined);
      });
      await world.clock.advance(300_000);
      expect(errors(bob)).toEqual([]);
    }
  });

  it("is made in the old way, although the relay's answer to the confirmation is lost", async () => {
    const world = worldOf(2);
    world.versions = { min: smpVersions.min, max: since.senderKey - 1 };
    const alice = world.addAgent();
    for (let afterMs = 5; afterMs < 20; afterMs++) {
      const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
      const bob = world.addAgent();
      const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
      await world.clock.advance(afterMs);
      await bob.agent.stop();
      await world.clock.advance(5_000);
      await bob.restart();
      await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
      await world.clock.advance(300_000);
      expect(errors(alice, bob)).toEqual([]);
    }
  });

  it("sends what establishes it before the messages that wait for that", async () => {
    const world = worldOf(2);
    const alice = world.addAgent();
    const bob = world.addAgent();
    alice.autoAllow = undefined;
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => alice.of("confirmation").length === 1);
    alice.send(connection, "early");
    const [confirmation] = alice.of("confirmation");
    if (confirmation === undefined) throw new Error("no confirmation");
    alice.agent.allow(connection, confirmation.confirmation, utf8Encode("alice"));
    await world.until(() => bob.texts().length === 1);
    expect(bob.texts()).toEqual(["early"]);
  });

  it("learns from a receipt that a message was sent, when the relay's answer was lost", async () => {
    const { world, alice, bob, a, b } = await pair(2);
    const relay = homeOf(bob, b);
    const id = alice.send(a, "hi");
    await world.clock.advance(1);
    await alice.agent.stop();
    await world.until(() => bob.texts().length === 1);
    bob.agent.receipt(b, bob.of("message")[0]?.message.id ?? 0);
    await world.until(() => bob.agent.status(b).pending === 0);
    down(world, relay);
    await alice.restart();
    await world.until(() => alice.of("receipt").length === 1);
    expect(alice.of("receipt")[0]?.receipts).toEqual([{ id, status: "ok" }]);
    expect(alice.of("sent").map((event) => event.id)).toEqual([id]);
    relay.up = true;
    await world.clock.advance(300_000);
    expect(alice.of("sent")).toHaveLength(1);
    expect(alice.agent.status(a).pending).toBe(0);
    expect(bob.texts()).toEqual(["hi"]);
  });

  it("waits while the peer's queue is full, and goes on when it has room", async () => {
    const world = new World();
    world.addRelay("one.test", { queueQuota: 4 });
    const alice = world.addAgent();
    const bob = world.addAgent();
    const [a] = await connectPair(world, alice, bob);
    await bob.agent.stop();
    for (let i = 0; i < 12; i++) alice.send(a, `m${i}`);
    await world.until(() => alice.of("warning").length > 0);
    expect(alice.of("warning")[0]?.fault.code).toBe("SMP QUOTA");
    await bob.restart();
    await world.until(() => bob.texts().length === 12);
    expect(alice.of("continued").length).toBeGreaterThan(0);
    expect(bob.texts()).toEqual(Array.from({ length: 12 }, (_, i) => `m${i}`));
  });

  it("is deleted on the relay too, so that the peer's messages fail", async () => {
    const { world, alice, bob, a, b } = await pair(2);
    alice.agent.delete(a);
    await world.until(() => alice.of("deleted").length === 1);
    expect(alice.agent.connections(alice.profile)).toEqual([]);
    expect(() => alice.send(a, "x")).toThrow("CONN NOT_FOUND");
    const id = bob.send(b, "too late");
    await world.until(() => bob.of("failed").length === 1);
    expect(bob.of("failed")[0]).toMatchObject({ ids: [id], fault: { code: "SMP AUTH" } });
  });

  it("leaves nothing of who answered or asked when it, or its profile, is deleted", async () => {
    const world = worldOf(2);
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    alice.autoAllow = undefined;
    const invitation = await within(world, alice.agent.createInvitation(alice.profile));
    const address = await within(world, alice.agent.createAddress(alice.profile));
    const left = () =>
      alice.store.transaction((tx) => [
        tables.confirmations.count(tx),
        tables.requests.count(tx),
        tables.profileRequests.count(tx),
      ]);
    for (const { fullLink } of [invitation, address])
      bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => left().every((count) => count === 1));
    alice.agent.delete(invitation.connection);
    await world.until(() => alice.of("deleted").length === 1);
    expect(left()).toEqual([0, 1, 1]);
    alice.agent.deleteProfile(alice.profile);
    expect(left()).toEqual([0, 0, 0]);
  });

  it("is deleted once what was sent is delivered, when asked to wait", async () => {
    const { world, alice, bob, a } = await pair(2);
    alice.send(a, "last words");
    alice.agent.delete(a, { waitDelivery: true });
    expect(alice.agent.pending(a)).toBe(1);
    await world.until(() => alice.of("deleted").length === 1 && bob.texts().length === 1);
    expect(bob.texts()).toEqual(["last words"]);
    expect(alice.agent.pending(a)).toBe(0);
  });

  it("takes a queue back that another connection took over, but not from a client that keeps it", async () => {
    const { world, alice, bob, a, b } = await pair(2);
    const isSubscribed = () => alice.agent.status(a).receive[0]?.subscribed;
    const passing = new TestAgent(world, alice.store);
    passing.start();
    await world.until(() => isSubscribed() === false);
    await passing.agent.stop();
    bob.send(b, "still here");
    await world.until(() => alice.texts().length === 1);
    expect(isSubscribed()).toBe(true);
    expect(alice.of("ended")).toEqual([]);
    new TestAgent(world, alice.store).start();
    await world.until(() => alice.of("ended").length === 1);
    await world.clock.advance(300_000);
    expect(isSubscribed()).toBe(false);
  });

  it("keeps the profiles of an agent apart: each has its own sessions", async () => {
    const world = worldOf(2);
    const alice = world.addAgent();
    const bob = world.addAgent();
    const [a] = await connectPair(world, alice, bob);
    const links = world.relays.get("one.test")?.links.size ?? 0;
    const second = alice.agent.createProfile(settingsOf(world).slice(0, 1), {
      routing: "never",
      fallback: "allow",
    });
    await within(world, alice.agent.createAddress(second));
    expect(world.relays.get("one.test")?.links.size).toBeGreaterThan(links);
    expect(alice.agent.connections(second)).not.toContain(a);
    alice.agent.deleteProfile(second);
    await world.until(() => alice.of("deleted").length === 1);
    expect(alice.agent.profiles()).toEqual([alice.profile]);
    expect(alice.agent.connections(alice.profile)).toEqual([a]);
  });
});
