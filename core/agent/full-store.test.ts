import { expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { StoreError } from "../store/errors.ts";
import { down } from "./testing/pair.ts";
import { connectPair, type TestAgent, World, within } from "./testing/world.ts";

/** The store of an agent takes nothing more until the result is called. */
function fill({ store }: TestAgent): () => void {
  const { transaction } = store;
  store.transaction = () => {
    throw new StoreError("full", "cannot use store: the disk is full");
  };
  return () => {
    store.transaction = transaction;
  };
}

it("receives and sends what its store had no room for when there is room again", async () => {
  const world = new World();
  world.addRelay("a.example");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const [toBob, toAlice] = await connectPair(world, alice, bob);

  const free = fill(alice);
  for (const text of ["one", "two", "three"]) bob.send(toAlice, text);
  await world.clock.advance(60_000);
  expect(alice.texts()).toEqual([]);
  expect(() => alice.send(toBob, "lost")).toThrow("the disk is full");
  expect(world.defects.length).toBeGreaterThan(0);

  free();
  world.defects.length = 0;
  await world.until(() => alice.texts().length === 3);
  expect(alice.texts()).toEqual(["one", "two", "three"]);
  alice.send(toBob, "four");
  await world.until(() => bob.texts().length === 1);
  expect(bob.texts()).toEqual(["four"]);
});

it("goes on sending when its store failed in between", async () => {
  const world = new World();
  const relay = world.addRelay("a.example");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const [toBob] = await connectPair(world, alice, bob);
  world.cut(relay);
  relay.up = false;
  alice.send(toBob, "one");
  const free = fill(alice);
  relay.up = true;
  await world.clock.advance(60_000);
  free();
  world.defects.length = 0;
  await world.until(() => bob.texts().length === 1);
  await world.until(() => alice.of("sent").length === 1);
  expect(bob.texts()).toEqual(["one"]);
});

it("goes on connecting when its store failed in between, on both sides", async () => {
  const world = new World();
  world.addRelay("a.example");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
  const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
  const frees = [fill(alice), fill(bob)];
  await world.clock.advance(60_000);
  for (const free of frees) free();
  world.defects.length = 0;
  await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
});

it("subscribes again when its store failed while the relay was gone", async () => {
  const world = new World();
  const relay = world.addRelay("a.example");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const [toBob, toAlice] = await connectPair(world, alice, bob);
  const free = fill(alice);
  down(world, relay);
  await world.clock.advance(60_000);
  free();
  relay.up = true;
  world.defects.length = 0;
  await world.until(() => alice.agent.status(toBob).receive.every(({ subscribed }) => subscribed));
  bob.send(toAlice, "one");
  await world.until(() => alice.texts().length === 1);
});
