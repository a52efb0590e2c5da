import { describe, expect, it } from "vitest";
import { utf8Encode } from "../bytes/index.ts";
import { down, type Pair, worldOf } from "./testing/pair.ts";
import { within } from "./testing/world.ts";

/** Two connected agents of which each wants post-quantum keys, or not. */
async function pairOf(
  wanted: { readonly alice: boolean; readonly bob: boolean },
  versionMax = 8,
): Promise<Pair> {
  const world = worldOf(2);
  const alice = world.addAgent();
  const bob = world.addAgent(undefined, undefined, { min: 2, max: versionMax });
  const { connection: a, fullLink } = await within(
    world,
    alice.agent.createInvitation(alice.profile, { postQuantum: wanted.alice }),
  );
  const b = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"), { postQuantum: wanted.bob });
  await world.until(() => alice.isConnected(a) && bob.isConnected(b));
  return { world, alice, bob, a, b };
}

/** Messages pass in turns, each of which is a step of the ratchet; gives what both sides then say of the last ones. */
async function afterTurns({ world, alice, bob, a, b }: Pair) {
  for (let turn = 0; turn < 4; turn++) {
    const count = alice.texts().length;
    alice.send(a, "a");
    await world.until(() => bob.texts().length === count + 1);
    bob.send(b, "b");
    await world.until(() => alice.texts().length === count + 1);
  }
  await world.until(() => bob.agent.status(b).pending === 0);
  return [alice.agent.status(a), bob.agent.status(b)].map((status) => [
    status.postQuantumSent,
    status.postQuantumReceived,
  ]);
}

const both = [
  [true, true],
  [true, true],
];
const neither = [
  [false, false],
  [false, false],
];

/** The longest text that fits. */
const longest = ({ alice, a }: Pair) => "x".repeat(alice.agent.messageLengthMax(a));

describe("post-quantum keys", () => {
  it("turned on while a message waits that was as long as it could be without do not keep it, nor what comes after it", async () => {
    const pair = await pairOf({ alice: false, bob: false });
    const { world, alice, bob, a, b } = pair;
    const relays = [...world.relays.values()];
    down(world, ...relays);
    const texts = ["first", "before", longest(pair), "after"];
    for (const text of texts) alice.send(a, text);
    alice.agent.setPostQuantum(a, true);
    bob.agent.setPostQuantum(b, true);
    for (const relay of relays) relay.up = true;
    await world.until(() => bob.texts().length === texts.length);
    expect(bob.texts()).toEqual(texts);
    for (const text of ["as", "many", "from", "Bob"]) bob.send(b, text);
    await world.until(() => alice.texts().length === texts.length);
    expect(await afterTurns(pair)).toEqual(both);
  });

  it("of a ratchet started anew make a message fail that fits no more, and let those after it through", async () => {
    const pair = await pairOf({ alice: false, bob: false });
    const { world, alice, bob, a, b } = pair;
    const relays = [...world.relays.values()];
    down(world, ...relays);
    const id = alice.send(a, longest(pair));
    alice.send(a, "after");
    // The first try, with the ratchet so far, has failed.
    await world.clock.advance(100);
    alice.agent.setPostQuantum(a, true);
    bob.agent.setPostQuantum(b, true);
    alice.agent.synchronizeRatchet(a, true);
    for (const relay of relays) relay.up = true;
    await world.until(() => bob.texts().length === 1);
    expect(bob.texts()).toEqual(["after"]);
    expect(alice.of("failed")).toMatchObject([{ connection: a, ids: [id], fault: { code: "CMD LARGE" } }]);
  });

  it("are used when both sides want them, until both have turned them off, and then again", async () => {
    const pair = await pairOf({ alice: true, bob: true });
    const { alice, bob, a, b } = pair;
    expect(await afterTurns(pair)).toEqual(both);
    const lengthMax = alice.agent.messageLengthMax(a);
    for (const on of [false, true]) {
      alice.agent.setPostQuantum(a, on);
      bob.agent.setPostQuantum(b, on);
      expect(await afterTurns(pair)).toEqual(on ? both : neither);
      // Messages that were agreed to leave room for them go on leaving it.
      expect(alice.agent.messageLengthMax(a)).toBe(lengthMax);
    }
  });

  it("can be turned on later, which makes messages shorter", async () => {
    const pair = await pairOf({ alice: false, bob: false });
    const { alice, bob, a, b } = pair;
    expect(await afterTurns(pair)).toEqual(neither);
    const lengthMax = alice.agent.messageLengthMax(a);
    alice.agent.setPostQuantum(a, true);
    bob.agent.setPostQuantum(b, true);
    expect(alice.agent.messageLengthMax(a)).toBeLessThan(lengthMax);
    expect(await afterTurns(pair)).toEqual(both);
  });

  it("are not used as long as one side does not want them", async () => {
    const pair = await pairOf({ alice: true, bob: false });
    expect(await afterTurns(pair)).toEqual(neither);
  });

  it("can't be turned on with a peer that does not know them", async () => {
    const pair = await pairOf({ alice: true, bob: true }, 4);
    pair.alice.agent.setPostQuantum(pair.a, true);
    expect(await afterTurns(pair)).toEqual(neither);
  });
});
