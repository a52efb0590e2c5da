import { expect, it } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import { tables } from "../state/tables.ts";
import { errors, type Pair, pair } from "../testing/pair.ts";
import { exchange, type TestAgent, World, within } from "../testing/world.ts";

/** Both are in order, and talk. */
async function expectInOrder({ world, alice, bob, a, b }: Pair) {
  await world.until(
    () => alice.agent.status(a).ratchetSync === "ok" && bob.agent.status(b).ratchetSync === "ok",
    24 * 3_600_000,
  );
  await exchange(world, [alice, a], [bob, b]);
  expect(await exchange(world, [alice, a], [bob, b])).toEqual(["ok", "ok"]);
  expect(alice.agent.securityCode(a)).toEqual(bob.agent.securityCode(b));
}

async function talk({ world, alice, bob, a, b }: Pair, times = 2) {
  for (let i = 0; i < times; i++) await exchange(world, [alice, a], [bob, b]);
}

/** Alice has proposed a new ratchet to Bob, who is away. Gives a copy of her store as it is then. */
async function propose({ world, alice, bob, a }: Pair) {
  await bob.agent.stop();
  alice.agent.synchronizeRatchet(a, true);
  await world.until(() => alice.agent.pending(a) === 0);
  return alice.copyOfStore();
}

const isConfirming = ({ store }: TestAgent, id: Pair["a"]) =>
  store.transaction((transaction) =>
    tables.outbox
      .range(transaction)
      .some(({ key, value }) => key.connection === id && value.kind === "confirmation"),
  );

const sends = ({ store }: TestAgent, id: Pair["a"]) =>
  store.transaction((transaction) => tables.ratchets.get(transaction, id))?.sending !== undefined;

it("agrees on a new ratchet before anything is sent from an old state, and delivers what waited", async () => {
  const two = await pair(1);
  const { world, alice, bob, a, b } = two;
  await bob.agent.stop();
  alice.send(a, "waits");
  await world.until(() => alice.agent.pending(a) === 0);
  const copy = alice.copyOfStore();
  await bob.restart();
  await talk(two, 3);

  await bob.agent.stop();
  await alice.goBackTo(copy);
  expect(sends(alice, a)).toBe(false);
  expect(alice.agent.status(a).ratchetSync).toBe("started");
  alice.send(a, "after it was restored");
  await world.clock.advance(10_000);
  expect(alice.agent.pending(a)).toBe(1);
  await bob.restart();
  await world.until(() => bob.texts(b).includes("after it was restored"));
  await expectInOrder(two);
  expect(bob.texts(b).filter((text) => text === "waits")).toHaveLength(1);
});

it("does not send from an old state what was encrypted when it was copied, but with the new ratchet", async () => {
  const two = await pair(1);
  const { world, alice, bob, a, b } = two;
  const [relay] = world.relays.values();
  if (relay === undefined) throw new Error("no relay");
  world.cut(relay);
  relay.up = false;
  alice.send(a, "one");
  alice.send(a, "two");
  const copy = alice.copyOfStore();
  relay.up = true;
  await world.until(() => bob.texts(b).length === 2);
  await alice.goBackTo(copy);
  await expectInOrder(two);
  // What had its number is known by that; the other one has to be known by the application.
  expect(bob.texts(b).filter((text) => text === "one")).toHaveLength(1);
  expect(bob.texts(b)).toContain("two");
});

it.each([2, 3])(
  "comes to an agreement when a copy is restored %i times while the peer is away",
  async (times) => {
    const two = await pair(1);
    const { world, alice, bob, a } = two;
    const copy = alice.copyOfStore();
    await talk(two);
    await bob.agent.stop();
    for (let i = 0; i < times; i++) {
      await alice.goBackTo(copy);
      await world.until(() => alice.agent.pending(a) === 0);
    }
    await bob.restart();
    await expectInOrder(two);
  },
);

it("proposes anew what the peer had answered while the newer state was in use", async () => {
  const two = await pair(1);
  const { world, alice, bob, a, b } = two;
  const copy = await propose(two);
  await bob.restart();
  await talk(two, 3);
  await alice.goBackTo(copy);
  alice.send(a, "soon after");
  await world.until(() => bob.texts(b).includes("soon after"));
  await expectInOrder(two);
});

it("agrees on a new ratchet when a confirmation was on its way in the copy", async () => {
  const world = new World();
  const relay = world.addRelay("one.test");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const { connection: a, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
  const b = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
  await world.until(() => bob.of("joined").length === 1);
  // What she sends does not arrive, so her confirmation stays encrypted in her store.
  await world.until(() => isConfirming(alice, a));
  world.cut(relay);
  const copy = alice.copyOfStore();
  await alice.goBackTo(copy);
  await world.until(() => alice.isConnected(a) && bob.isConnected(b));
  alice.send(a, "first words");
  await world.until(() => bob.texts(b).includes("first words"));
});

it("goes on with an agreement that was under way in the copy and is not answered yet", async () => {
  const two = await pair(1);
  await two.alice.goBackTo(await propose(two));
  await two.bob.restart();
  await expectInOrder(two);
});

it("begins an agreement anew that was answered while the newer state was in use, once the peer sends", async () => {
  const two = await pair(1);
  const { world, alice, bob, a, b } = two;
  const copy = await propose(two);
  await bob.restart();
  await talk(two, 3);
  await world.clock.advance(25 * 3_600_000);
  await alice.goBackTo(copy);
  expect(alice.agent.status(a).ratchetSync).toBe("started");
  bob.send(b, "lost on the old state");
  await expectInOrder(two);
});

it("goes on, in either way, with an agreement that both had come to in the copy", async () => {
  for (const isOld of [false, true]) {
    const two = await pair(1);
    const { world, alice, bob, a, b } = two;
    await propose(two);
    await alice.agent.stop();
    await bob.restart();
    await world.until(() => bob.agent.status(b).ratchetSync === "agreed" && bob.agent.pending(b) === 0);
    await bob.agent.stop();
    await alice.restart();
    await world.until(() => alice.agent.status(a).ratchetSync === "agreed" && alice.agent.pending(a) === 0);
    const copy = alice.copyOfStore();
    if (isOld) {
      await bob.restart();
      await talk(two, 3);
      await world.clock.advance(25 * 3_600_000);
      await alice.goBackTo(copy);
      bob.send(b, "lost on the old state");
    } else {
      await alice.goBackTo(copy);
      await bob.restart();
    }
    await expectInOrder(two);
  }
});

it("leaves a suspended connection, and one with an old peer, without a ratchet that sends", async () => {
  const two = await pair(1);
  const { alice, a } = two;
  alice.agent.suspend(a);
  await alice.goBackTo(alice.copyOfStore());
  expect(alice.agent.status(a).ratchetSync).toBe("required");
  expect(sends(alice, a)).toBe(false);

  const old = await pair(1, 2);
  const { world, bob } = old;
  await old.alice.goBackTo(old.alice.copyOfStore());
  expect(old.alice.agent.status(old.a).ratchetSync).toBe("required");
  old.alice.send(old.a, "waits for new keys");
  await world.clock.advance(10_000);
  expect(bob.texts()).toEqual([]);
  // The peer's next step brings them, as nothing newer was used in between.
  bob.send(old.b, "a message");
  await world.until(() => old.alice.texts().length === 1);
  bob.send(old.b, "another");
  await world.until(() => old.alice.texts().length === 2);
  expect(errors(old.alice, bob)).toEqual([]);
});

it("connects on from a copy that was made in the middle, as long as the peer can answer", async () => {
  const world = new World();
  world.addRelay("one.test");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const { connection: a, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
  const invited = alice.copyOfStore();
  await alice.agent.stop();
  const b = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
  await world.until(() => bob.of("joined").length === 1);
  const joined = bob.copyOfStore();
  await bob.goBackTo(joined);
  expect(sends(bob, b)).toBe(false);
  await alice.goBackTo(invited);
  await world.until(() => alice.isConnected(a) && bob.isConnected(b));
  expect(await exchange(world, [alice, a], [bob, b])).toEqual(["ok", "ok"]);
});
