import { describe, expect, it } from "vitest";
import { errors, type Pair, pair } from "../testing/pair.ts";
import { exchange, type World } from "../testing/world.ts";

/** Longer than relays keep messages, in milliseconds. */
const weeksMs = 22 * 24 * 3_600_000;

/** They agree on a ratchet, and talk on. */
async function expectInOrder({ world, alice, bob, a, b }: Pair) {
  await world.until(
    () => alice.agent.status(a).ratchetSync === "ok" && bob.agent.status(b).ratchetSync === "ok",
  );
  expect(await exchange(world, [alice, a], [bob, b])).toEqual(["ok", "ok"]);
  expect(alice.agent.securityCode(a)).toEqual(bob.agent.securityCode(b));
}

/** Time passes, until the relays give up on what they have. */
async function lose({ clock, relays }: World) {
  await clock.advance(weeksMs);
  for (const { store } of relays.values())
    expect(await store.expireMessages(clock.nowMs() / 1000)).toBeGreaterThan(0);
}

/** Alice has sent her keys for a new ratchet, and the relay gave up on them before bob came back. */
async function withLostKeys(): Promise<Pair> {
  const two = await pair(1);
  const { world, alice, bob, a } = two;
  await bob.agent.stop();
  alice.agent.synchronizeRatchet(a, true);
  await world.clock.advance(1_000);
  expect(alice.agent.status(a)).toMatchObject({ pending: 0, ratchetSync: "started" });
  expect(() => alice.agent.synchronizeRatchet(a, true)).toThrow("already");
  await lose(world);
  await bob.restart();
  await world.clock.advance(1_000);
  expect(bob.of("ratchetSync")).toEqual([]);
  expect(alice.agent.status(a).ratchetSync).toBe("started");
  return two;
}

/** Bob has answered alice's keys, and the relay gave up on his before she came back. */
async function withLostAnswer(): Promise<Pair> {
  const two = await pair(1);
  const { world, alice, bob, a, b } = two;
  await bob.agent.stop();
  alice.agent.synchronizeRatchet(a, true);
  await world.clock.advance(1_000);
  await alice.agent.stop();
  await bob.restart();
  await world.until(() => bob.agent.status(b).ratchetSync === "agreed" && bob.agent.pending(b) === 0);
  await lose(world);
  await alice.restart();
  await world.clock.advance(1_000);
  expect(alice.agent.status(a).ratchetSync).toBe("started");
  expect(bob.agent.status(b).ratchetSync).toBe("agreed");
  return two;
}

describe("an agreement on a ratchet that is lost with what a relay does not keep longer", () => {
  it.each([
    ["first keys", withLostKeys],
    ["answer", withLostAnswer],
  ])("with the %s begins anew by who began it", async (_, begin) => {
    const two = await begin();
    two.alice.agent.synchronizeRatchet(two.a, true);
    await expectInOrder(two);
  });

  it.each([
    ["first keys", withLostKeys],
    ["answer", withLostAnswer],
  ])("with the %s begins anew by the other one", async (_, begin) => {
    const two = await begin();
    two.bob.agent.synchronizeRatchet(two.b, true);
    await expectInOrder(two);
  });

  it("goes on as ever when a relay has kept it for longer", async () => {
    const two = await pair(1);
    await two.bob.agent.stop();
    two.alice.agent.synchronizeRatchet(two.a, true);
    await two.world.clock.advance(weeksMs);
    await two.bob.restart();
    await expectInOrder(two);
    expect(errors(two.alice, two.bob)).toEqual([]);
  });
});
