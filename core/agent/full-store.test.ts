import { expect, it } from "vitest";
import { StoreError } from "../store/errors.ts";
import { connectPair, type TestAgent, World } from "./testing/world.ts";

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
