import { expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { StoreError } from "../store/errors.ts";
import { down } from "./testing/pair.ts";
import { connectPair, TestAgent, World, within } from "./testing/world.ts";

const full = (): never => {
  throw new StoreError("full", "cannot use store: the disk is full");
};

/** Nothing can be done with the store of an agent until the result is called. */
function fill({ store }: TestAgent): () => void {
  const { transaction } = store;
  store.transaction = full;
  return () => {
    store.transaction = transaction;
  };
}

/** The store of an agent can be read, but takes nothing more, until the result is called. */
function fillForWriting({ store }: TestAgent): () => void {
  const { transaction } = store;
  store.transaction = (run) =>
    transaction.call(store, (tx) => run({ ...tx, put: full, delete: full })) as never;
  return () => {
    store.transaction = transaction;
  };
}

/** Two agents that are connected by one relay; `free` is for stores that were full. */
async function connected() {
  const world = new World();
  const relay = world.addRelay("a.example");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const [toBob, toAlice] = await connectPair(world, alice, bob);
  const free = (...frees: readonly (() => void)[]) => {
    for (const one of frees) one();
    world.defects.length = 0;
  };
  return { world, relay, alice, bob, toBob, toAlice, free };
}

it("receives and sends what its store had no room for when there is room again", async () => {
  const { world, alice, bob, toBob, toAlice, free } = await connected();
  const room = fill(alice);
  for (const text of ["one", "two", "three"]) bob.send(toAlice, text);
  const { length } = world.blocks;
  await world.clock.advance(600_000);
  expect(world.blocks.length - length).toBeLessThan(150);
  expect(alice.texts()).toEqual([]);
  expect(() => alice.send(toBob, "lost")).toThrow("the disk is full");
  expect(world.defects.length).toBeGreaterThan(0);

  free(room);
  await world.until(() => alice.texts().length === 3);
  expect(alice.texts()).toEqual(["one", "two", "three"]);
  alice.send(toBob, "four");
  await world.until(() => bob.texts().length === 1);
  expect(bob.texts()).toEqual(["four"]);
});

it("receives what came while its store was full also after a send in a transaction of the application", async () => {
  const { world, alice, bob, toBob, toAlice, free } = await connected();
  alice.store.transaction((transaction) => alice.agent.send(toBob, utf8Encode("mine"), { transaction }));
  const room = fill(alice);
  bob.send(toAlice, "yours");
  await world.clock.advance(60_000);
  free(room);
  await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
});

it("goes on sending when its store failed in between", async () => {
  const { world, relay, alice, bob, toBob, free } = await connected();
  world.cut(relay);
  relay.up = false;
  alice.send(toBob, "one");
  const room = fill(alice);
  relay.up = true;
  await world.clock.advance(60_000);
  free(room);
  await world.until(() => bob.texts().length === 1);
  await world.until(() => alice.of("sent").length === 1);
  expect(bob.texts()).toEqual(["one"]);
});

it("sends once what its store can't note as sent, and goes on when it can", async () => {
  const { world, alice, bob, toBob, free } = await connected();
  alice.send(toBob, "one");
  const room = fillForWriting(alice);
  const { length } = world.blocks;
  await world.clock.advance(600_000);
  expect(bob.texts()).toEqual(["one"]);
  // Ours, and the acknowledgement of bob.
  expect(world.blocks.length - length).toBe(2);
  free(room);
  await world.until(() => alice.of("sent").length === 1);
  alice.send(toBob, "two");
  await world.until(() => bob.texts().length === 2);
});

it.each([
  ["can't be used", fill],
  ["takes nothing more", fillForWriting],
])("goes on connecting when its store %s in between, on both sides", async (_, fillStore) => {
  const world = new World();
  world.addRelay("a.example");
  const [alice, bob] = [world.addAgent(), world.addAgent()];
  const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
  const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
  const rooms = [fillStore(alice), fillStore(bob)];
  const { length } = world.blocks;
  await world.clock.advance(600_000);
  expect(world.blocks.length - length).toBeLessThan(10);
  for (const room of rooms) room();
  world.defects.length = 0;
  await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
});

it("tells later that a relay is gone, and that it is back, when its store was full at that moment", async () => {
  const { world, relay, alice, bob, toBob, toAlice, free } = await connected();
  const told = () => alice.events.filter(({ type }) => type === "up" || type === "down");
  const before = told().length;
  const room = fill(alice);
  down(world, relay);
  await world.clock.advance(60_000);
  expect(told().length).toBe(before);
  free(room);
  await world.until(() => told().length > before);
  expect(told().slice(before)).toMatchObject([{ type: "down", connections: [toBob] }]);

  const roomAgain = fill(alice);
  relay.up = true;
  await world.clock.advance(120_000);
  free(roomAgain);
  bob.send(toAlice, "one");
  await world.until(() => alice.texts().length === 1 && told().length > before + 1);
  expect(told().slice(before + 1)).toMatchObject([{ type: "up", connections: [toBob] }]);
});

it("tells only what became of a relay that was gone and came back while its store was full", async () => {
  const { world, relay, alice, toBob, free } = await connected();
  const before = alice.events.length;
  const room = fill(alice);
  down(world, relay);
  await world.clock.advance(60_000);
  relay.up = true;
  await world.clock.advance(120_000);
  free(room);
  await world.until(() => alice.events.length > before);
  await world.clock.advance(60_000);
  expect(alice.events.slice(before).filter(({ type }) => type !== "retry")).toMatchObject([
    { type: "up", connections: [toBob] },
  ]);
});

it("tells later that another client has taken a queue over, when its store was full at that moment", async () => {
  const { world, alice, toBob, free } = await connected();
  const { store } = alice;
  const other = new TestAgent(world, {
    transaction: store.transaction.bind(store),
    close: () => store.close(),
  });
  const room = fill(alice);
  // Both take the queue back once, so alice loses it first.
  other.start();
  await world.clock.advance(120_000);
  expect(alice.of("ended")).toEqual([]);
  free(room);
  await world.until(() => alice.of("ended").length === 1);
  expect(alice.of("ended")).toMatchObject([{ connection: toBob, deleted: false }]);
});

it("subscribes again when its store was full as a relay had been gone for a day", async () => {
  const { world, relay, alice, bob, toAlice, free } = await connected();
  down(world, relay);
  await world.clock.advance(23 * 3_600_000);
  const room = fill(alice);
  await world.clock.advance(2 * 3_600_000);
  expect(world.defects.length).toBeGreaterThan(0);
  free(room);
  relay.up = true;
  bob.send(toAlice, "one");
  await world.until(() => alice.texts().length === 1);
});
