import { describe, expect, it } from "vitest";
import type { AddResult, SentMessage } from "../../relay/store/store.ts";
import { utf8Encode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import type { ConnectionId } from "./api.ts";
import { formatConnectionRequest, parseConnectionRequest } from "./links/connection-request-text.ts";
import { connectPair, type TestAgent, World, type WorldRelay, within } from "./testing/world.ts";

function world1() {
  const world = new World();
  world.addRelay("one.test");
  return world;
}

describe("a hostile peer or relay", () => {
  it("a second party who races for an invitation does not disturb the first", async () => {
    const world = world1();
    const alice = world.addAgent();
    const bob = world.addAgent();
    const mallory = world.addAgent();
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const joined = bob.agent.join(bob.profile, fullLink, utf8Encode("bob"));
    await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
    const second = mallory.agent.join(mallory.profile, fullLink, utf8Encode("mallory"));
    await world.until(() => mallory.of("error").length > 0);
    expect(mallory.of("error")[0]).toMatchObject({ connection: second, fault: { code: "SMP AUTH" } });
    expect(alice.of("confirmation")).toHaveLength(1);
    bob.send(joined, "still here");
    await world.until(() => alice.texts().length === 1);
  });

  it("a link of versions that we don't speak is refused by name", async () => {
    const world = world1();
    const alice = world.addAgent();
    const bob = world.addAgent();
    const { fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const request = parseConnectionRequest(fullLink);
    const future = formatConnectionRequest({ ...request, agentVersions: { min: 90, max: 99 } });
    expect(() => bob.agent.join(bob.profile, future, utf8Encode("bob"))).toThrow("AGENT A_VERSION");
    expect(() => bob.agent.join(bob.profile, "simplex:/invitation#/?v=2-7", utf8Encode("bob"))).toThrow(
      "AGENT A_LINK",
    );
    expect(() => bob.agent.join(bob.profile, "hello", utf8Encode("bob"))).toThrow("AGENT A_LINK");
    const withUnknown = `${fullLink}&future=1&x=y`;
    const joined = bob.agent.join(bob.profile, withUnknown, utf8Encode("bob"));
    await world.until(() => bob.isConnected(joined));
  });

  it("an old peer whose queue the sender can't secure is connected with by KEY and HELLO", async () => {
    const world = world1();
    const alice = world.addAgent();
    const bob = world.addAgent();
    const { connection, fullLink } = await within(world, alice.agent.createInvitation(alice.profile));
    const request = parseConnectionRequest(fullLink);
    const queues = request.queues.map((queue) => ({
      ...queue,
      mode: undefined,
      clientVersions: { min: 1, max: 2 },
    }));
    const old = formatConnectionRequest({ ...request, queues });
    // The other end has to think the same of its queue, or it would not take the sender's key.
    const joined = bob.agent.join(bob.profile, old, utf8Encode("bob"));
    await world.until(() => alice.isConnected(connection) && bob.isConnected(joined));
    alice.send(connection, "a");
    bob.send(joined, "b");
    await world.until(() => alice.texts().length === 1 && bob.texts().length === 1);
    expect(alice.of("message")[0]?.message.integrity).toEqual({ type: "ok" });
    expect([...alice.of("error"), ...bob.of("error")]).toEqual([]);
  });
});

/** Puts a relay between the two that does with each message what `misdeed` says: stores these in its place. */
function corrupt(relay: WorldRelay, misdeed: (message: SentMessage) => readonly SentMessage[]): void {
  const { store } = relay;
  const honest = store.addMessage.bind(store);
  store.addMessage = (queue, message, quota) => {
    let result: AddResult = { type: "stored", wasEmpty: false };
    let isFirst = true;
    for (const one of misdeed(message)) {
      const added = honest(queue, one, quota);
      if (isFirst) result = added;
      isFirst = false;
    }
    return result;
  };
}

const again = (message: SentMessage): SentMessage => ({ ...message, id: systemRandom(message.id.length) });
const changed = (message: SentMessage, body: Uint8Array): SentMessage => ({ ...message, body });

async function pair() {
  const world = world1();
  const relay = world.relays.get("one.test");
  if (relay === undefined) throw new Error("no relay");
  const alice = world.addAgent();
  const bob = world.addAgent();
  const [, b] = await connectPair(world, alice, bob);
  return { world, relay, alice, bob, b };
}

/** Sends while the recipient is away, so that the relay has all of it in its hands before it delivers. */
async function sendWhileAway(
  world: World,
  alice: TestAgent,
  bob: TestAgent,
  b: ConnectionId,
  texts: readonly string[],
) {
  await alice.agent.stop();
  for (const text of texts) bob.send(b, text);
  await world.until(() => bob.of("sent").length === texts.length);
  await alice.restart();
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);

describe("a hostile relay", () => {
  it("that delivers each message three times shows none of them twice", async () => {
    const { world, relay, alice, bob, b } = await pair();
    corrupt(relay, (message) => [message, again(message), again(message)]);
    await sendWhileAway(world, alice, bob, b, numbered(10));
    await world.until(() => alice.texts().length === 10);
    await world.clock.advance(10_000);
    expect(alice.texts()).toEqual(numbered(10));
    expect(alice.agent.connections(alice.profile)).toHaveLength(1);
  });

  it("that repeats the confirmation asks nobody twice", async () => {
    const world = world1();
    const relay = world.relays.get("one.test");
    if (relay === undefined) throw new Error("no relay");
    corrupt(relay, (message) => [message, again(message)]);
    const alice = world.addAgent();
    const bob = world.addAgent();
    const [a] = await connectPair(world, alice, bob);
    alice.send(a, "hi");
    await world.until(() => bob.texts().length === 1);
    expect(alice.of("confirmation")).toHaveLength(1);
    expect(bob.of("connected")).toHaveLength(1);
  });

  it.each([
    [
      "damages",
      (message: SentMessage) => [
        changed(
          message,
          message.body.map((byte, i) => (i === 9_000 ? byte ^ 1 : byte)),
        ),
      ],
      "AGENT A_CRYPTO",
    ],
    ["cuts off", (message: SentMessage) => [changed(message, message.body.slice(0, 100))], "AGENT A_CRYPTO"],
    ["replaces", (message: SentMessage) => [changed(message, new Uint8Array(20))], "AGENT A_MESSAGE"],
  ] as const)("that %s a message is reported, and the gap with the next", async (_, misdeed, code) => {
    const { world, relay, alice, bob, b } = await pair();
    let count = 0;
    corrupt(relay, (message) => (++count === 2 ? misdeed(message) : [message]));
    await sendWhileAway(world, alice, bob, b, ["one", "two", "three", "four"]);
    await world.until(() => alice.texts().length === 3);
    expect(alice.texts()).toEqual(["one", "three", "four"]);
    expect(alice.of("error").map(({ fault }) => fault.code)).toEqual([code]);
    const integrities = alice.of("message").map(({ message }) => message.integrity.type);
    expect(integrities).toEqual(["ok", "skipped", "ok"]);
  });

  it("that loses messages is found out by their numbers", async () => {
    const { world, relay, alice, bob, b } = await pair();
    let count = 0;
    corrupt(relay, (message) => (++count > 1 && count < 5 ? [] : [message]));
    await sendWhileAway(world, alice, bob, b, numbered(6));
    await world.until(() => alice.texts().length === 3);
    const [first, second] = alice.of("message").map(({ message }) => message);
    expect(second?.integrity).toEqual({
      type: "skipped",
      from: (first?.sharedId ?? 0) + 1,
      to: (second?.sharedId ?? 0) - 1,
    });
  });

  it("that changes the order of messages is found out, and all are shown", async () => {
    const { world, relay, alice, bob, b } = await pair();
    let held: SentMessage | undefined;
    let count = 0;
    corrupt(relay, (message) => {
      if (++count === 1) {
        held = message;
        return [];
      }
      const late = held;
      held = undefined;
      return late === undefined ? [message] : [message, late];
    });
    await sendWhileAway(world, alice, bob, b, ["one", "two", "three"]);
    await world.until(() => alice.texts().length === 3);
    expect(alice.texts()).toEqual(["two", "one", "three"]);
    expect(alice.of("message").map(({ message }) => message.integrity.type)).not.toEqual(["ok", "ok", "ok"]);
    alice.send(alice.agent.connections(alice.profile)[0] ?? b, "still usable");
    await world.until(() => bob.texts().length === 1);
  });
});
