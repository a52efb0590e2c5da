import { describe, expect, it } from "vitest";
import type { ConnectionId, RatchetSync } from "../api.ts";
import { tables } from "../state/tables.ts";
import { down, errors, homeOf, pair, worldOf } from "../testing/pair.ts";
import { connectPair, exchange, type TestAgent, within } from "../testing/world.ts";

const dayMs = 24 * 3_600_000;
/** Three weeks, and until outboxes are looked through next. */
const timeoutMs = 21 * dayMs + 3_600_000;

const failures = (agent: TestAgent) =>
  agent.of("failed").map(({ ids, fault }) => [ids, fault.code, fault.detail]);

/** Leaves the ratchet of a connection in a state that nothing will end. */
async function setSync(agent: TestAgent, id: ConnectionId, sync: RatchetSync) {
  await agent.agent.stop();
  agent.store.transaction((transaction) => {
    const record = tables.connections.get(transaction, id);
    if (record !== undefined) tables.connections.put(transaction, id, { ...record, sync });
  });
  await agent.restart();
}

describe("a message that waits for three weeks", () => {
  it("for somebody to answer the invitation fails, in order, over restarts; a later one has its own time", async () => {
    const world = worldOf(1);
    const alice = world.addAgent();
    const { connection } = await within(world, alice.agent.createInvitation(alice.profile));
    const first = [alice.send(connection, "one"), alice.send(connection, "two")];
    await world.clock.advance(10 * dayMs);
    await alice.restart();
    const later = alice.send(connection, "three");
    await world.clock.advance(11 * dayMs - 2 * 3_600_000);
    expect(failures(alice)).toEqual([]);
    await alice.restart();
    await world.clock.advance(3 * 3_600_000);
    expect(failures(alice)).toEqual([[first, "EXPIRED", "connection is not established"]]);
    expect(alice.agent.status(connection).pending).toBe(1);
    await world.clock.advance(10 * dayMs);
    expect(failures(alice).slice(1)).toEqual([[[later], "EXPIRED", "connection is not established"]]);
    expect(alice.agent.status(connection).pending).toBe(0);
  });

  it("fails soon after the start of an agent that did not run meanwhile", async () => {
    const world = worldOf(1);
    const alice = world.addAgent();
    const { connection } = await within(world, alice.agent.createInvitation(alice.profile));
    const id = alice.send(connection, "one");
    await alice.agent.stop();
    await world.clock.advance(timeoutMs);
    await alice.restart();
    await world.until(() => failures(alice).length > 0, 1_000);
    expect(failures(alice)).toEqual([[[id], "EXPIRED", "connection is not established"]]);
  });

  it("for a ratchet that is not in order fails", async () => {
    const world = worldOf(1);
    const [alice, bob] = [world.addAgent(), world.addAgent()];
    const waiting: (readonly [ConnectionId, readonly number[]])[] = [];
    for (const sync of ["required", "started", "agreed"] as const) {
      const [a] = await connectPair(world, alice, bob);
      await setSync(alice, a, sync);
      waiting.push([a, [alice.send(a, "one"), alice.send(a, "two")]]);
    }
    await world.clock.advance(timeoutMs);
    for (const [connection, ids] of waiting) {
      expect(alice.of("failed").filter((event) => event.connection === connection)).toMatchObject([
        { ids, fault: { code: "EXPIRED", detail: "ratchet is not in order" } },
      ]);
      expect(alice.agent.status(connection).pending).toBe(0);
    }
    expect(bob.texts()).toEqual([]);
  });

  it("and is the word of an added queue leaves the connection as it was, ready to be moved again", async () => {
    const { world, alice, bob, a, b } = await pair(3);
    down(world, homeOf(bob, b));
    await bob.agent.stop();
    const home = homeOf(alice, a);
    alice.agent.switchRelay(a);
    await world.until(() => alice.agent.status(a).receive.length === 2);
    await world.clock.advance(timeoutMs);
    expect(errors(alice).map(({ fault }) => fault.code)).toEqual(["EXPIRED"]);
    expect(alice.agent.status(a).receive).toMatchObject([{ relay: home.text, switching: undefined }]);
    expect(alice.agent.unfinished()).toBe(0);
    alice.agent.switchRelay(a);
  });

  it("lets a connection go that was to be deleted after it", async () => {
    const world = worldOf(1);
    const alice = world.addAgent();
    const { connection } = await within(world, alice.agent.createInvitation(alice.profile));
    alice.send(connection, "one");
    alice.agent.delete(connection, { waitDelivery: true });
    await world.clock.advance(timeoutMs);
    await world.until(() => alice.of("deleted").length === 1);
    expect(failures(alice)).toHaveLength(1);
  });

  it("and is our keys for a new ratchet leaves the old one in use, and they can be sent again", async () => {
    const { world, alice, bob, a, b } = await pair(1);
    down(world, ...world.relays.values());
    alice.agent.synchronizeRatchet(a, true);
    await world.clock.advance(timeoutMs);
    expect(alice.agent.status(a)).toMatchObject({ pending: 0, ratchetSync: "allowed" });
    for (const relay of world.relays.values()) relay.up = true;
    alice.send(a, "by the old one");
    await world.until(() => bob.texts().length === 1);
    alice.agent.synchronizeRatchet(a, true);
    await world.until(() => alice.agent.status(a).ratchetSync === "ok");
    expect(await exchange(world, [alice, a], [bob, b])).toEqual(["ok", "ok"]);
  });

  it("for a relay that is gone is tried all the time, and fails once, in order", async () => {
    const { world, alice, a } = await pair(1);
    down(world, ...world.relays.values());
    const ids = Array.from({ length: 5 }, (_, i) => alice.send(a, `${i}`));
    await world.clock.advance(timeoutMs);
    expect(alice.of("failed").flatMap((event) => event.ids)).toEqual(ids);
    expect(alice.of("failed")[0]?.fault.code).toBe("EXPIRED");
    expect(alice.agent.status(a).pending).toBe(0);
  });
});
