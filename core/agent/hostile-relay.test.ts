import { describe, expect, it } from "vitest";
import { idOfKey } from "../../relay/id-key.ts";
import type { AddResult, SentMessage } from "../../relay/store/store.ts";
import { hexEncode } from "../bytes/index.ts";
import { systemRandom } from "../crypto/random.ts";
import { skippedInRowMax } from "../ratchet/ratchet.ts";
import type { ConnectionId } from "./api.ts";
import { connectPair, exchange, type TestAgent, World, type WorldRelay } from "./testing/world.ts";

/**
 * Puts a relay between the agents that does with each message what `misdeed` says: stores these in its place.
 * @param misdeed gets the message, and a name of its queue
 */
function corrupt(
  { store }: WorldRelay,
  misdeed: (message: SentMessage, queue: string) => readonly SentMessage[],
): void {
  const honest = store.addMessage.bind(store);
  store.addMessage = (queue, message, quota) => {
    const [first, ...others] = misdeed(message, hexEncode(queue.recipientId));
    const stored: AddResult = { type: "stored", wasEmpty: false };
    const result = first === undefined ? stored : honest(queue, first, quota);
    for (const one of others) honest(queue, one, quota);
    return result;
  };
}

const again = (message: SentMessage): SentMessage => ({ ...message, id: systemRandom(message.id.length) });
const changed = (message: SentMessage, body: Uint8Array): SentMessage => ({ ...message, body });

function world1() {
  const world = new World();
  return { world, relay: world.addRelay("one.test"), alice: world.addAgent(), bob: world.addAgent() };
}

async function pair() {
  const { world, relay, alice, bob } = world1();
  const [a, b] = await connectPair(world, alice, bob);
  /** What both ends say of the messages of the other. */
  const exchanged = () => exchange(world, [alice, a], [bob, b]);
  return { world, relay, alice, bob, a, b, exchanged };
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
  const before = bob.of("sent").length;
  for (const text of texts) bob.send(b, text);
  await world.until(() => bob.of("sent").length === before + texts.length);
  await alice.restart();
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);
const bothOk = ["ok", "ok"];

describe("a hostile relay", () => {
  it("that delivers each message three times shows none of them twice", async () => {
    const { world, relay, alice, bob, b, exchanged } = await pair();
    corrupt(relay, (message) => [message, again(message), again(message)]);
    await sendWhileAway(world, alice, bob, b, numbered(10));
    await world.until(() => alice.texts().length === 10);
    await world.clock.advance(10_000);
    expect(alice.texts()).toEqual(numbered(10));
    expect(alice.of("error")).toEqual([]);
    expect(await exchanged()).toEqual(bothOk);
  });

  it("that delivers messages again long after, of this chain of the ratchet and of earlier ones, shows none of them twice", async () => {
    const { world, relay, alice, bob, b, exchanged } = await pair();
    const early = new Map<string, SentMessage[]>();
    corrupt(relay, (message, queue) => {
      early.set(queue, [...(early.get(queue) ?? []), message]);
      return [message];
    });
    // Each exchange makes a step of the ratchet.
    for (let i = 0; i < 3; i++) expect(await exchanged()).toEqual(bothOk);
    const shown = alice.texts();
    corrupt(relay, (message, queue) => {
      const late = early.get(queue) ?? [];
      early.delete(queue);
      return [message, ...late.map(again)];
    });
    await sendWhileAway(world, alice, bob, b, ["one", "two"]);
    await world.until(() => alice.texts().length === shown.length + 2);
    expect(alice.texts()).toEqual([...shown, "one", "two"]);
    expect(await exchanged()).toEqual(bothOk);
    for (const agent of [alice, bob]) expect([...agent.of("error"), ...agent.of("ratchetSync")]).toEqual([]);
  });

  it("that says unasked that its operator blocks the queues is told of, and received from while it serves them", async () => {
    const { world, relay, alice, bob, exchanged } = await pair();
    const error = { type: "BLOCKED", reason: "spam", notice: undefined } as const;
    for (const session of relay.relay.sessions) {
      for (const id of session.queues.keys()) session.push(idOfKey(id), { type: "ERR", error });
    }
    await world.until(() => alice.of("error").length > 0 && bob.of("error").length > 0);
    for (const agent of [alice, bob]) {
      expect(agent.of("error").map(({ fault }) => fault.code)).toEqual(["SMP BLOCKED"]);
      expect(agent.of("down")).toEqual([]);
    }
    expect(await exchanged()).toEqual(bothOk);
  });

  it("that delivers a message again after more than a thousand others does no harm", async () => {
    const { world, relay, alice, bob, b, exchanged } = await pair();
    const first = new Map<string, SentMessage>();
    corrupt(relay, (message, queue) => {
      if (!first.has(queue)) first.set(queue, message);
      return [message];
    });
    const texts = numbered(1_050);
    for (const text of texts) bob.send(b, text);
    await world.until(() => alice.texts().length === texts.length);
    corrupt(relay, (message, queue) => {
      const late = first.get(queue);
      return late === undefined ? [message] : [message, again(late)];
    });
    for (let i = 0; i < 2; i++) expect(await exchanged()).toEqual(bothOk);
    expect(alice.texts()).toHaveLength(texts.length + 2);
    expect([...alice.of("error"), ...alice.of("ratchetSync")]).toEqual([]);
  });

  it("that repeats the confirmation, at once and long after, asks nobody twice", async () => {
    const { world, relay, alice, bob } = world1();
    const confirmations = new Map<string, SentMessage>();
    corrupt(relay, (message, queue) => {
      if (!confirmations.has(queue)) confirmations.set(queue, message);
      return [message, again(message)];
    });
    const [a, b] = await connectPair(world, alice, bob);
    expect(await exchange(world, [alice, a], [bob, b])).toEqual(bothOk);
    corrupt(relay, (message, queue) => {
      const late = confirmations.get(queue);
      return late === undefined ? [message] : [message, again(late)];
    });
    expect(confirmations.size).toBe(2);
    for (let i = 0; i < 2; i++) expect(await exchange(world, [alice, a], [bob, b])).toEqual(bothOk);
    expect(alice.of("confirmation")).toHaveLength(1);
    for (const agent of [alice, bob]) expect(agent.of("connected")).toHaveLength(1);
    for (const agent of [alice, bob]) expect(agent.of("error")).toEqual([]);
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
    ["empties", (message: SentMessage) => [changed(message, new Uint8Array(0))], "AGENT A_MESSAGE"],
  ] as const)("that %s a message is reported, and the gap with the next", async (_, misdeed, code) => {
    const { world, relay, alice, bob, b, exchanged } = await pair();
    let count = 0;
    corrupt(relay, (message) => (++count === 2 ? misdeed(message) : [message]));
    await sendWhileAway(world, alice, bob, b, ["one", "two", "three", "four"]);
    await world.until(() => alice.texts().length === 3);
    expect(alice.texts()).toEqual(["one", "three", "four"]);
    expect(alice.of("error").map(({ fault }) => fault.code)).toEqual([code]);
    const integrities = alice.of("message").map(({ message }) => message.integrity.type);
    expect(integrities).toEqual(["ok", "skipped", "ok"]);
    expect(alice.of("ratchetSync")).toEqual([]);
    expect(await exchanged()).toEqual(bothOk);
  });

  it("that delivers the message of another queue is reported there, and leaves both connections usable", async () => {
    const { world, relay, alice, bob, a, b } = await pair();
    const carol = world.addAgent();
    const [toCarol, c] = await connectPair(world, alice, carol);
    let ofCarol: SentMessage | undefined;
    corrupt(relay, (message) => {
      const other = ofCarol;
      ofCarol = other === undefined ? message : undefined;
      return other === undefined ? [message] : [message, again(other)];
    });
    carol.send(c, "to Alice alone");
    await world.until(() => alice.texts(toCarol).length === 1);
    bob.send(b, "hello");
    await world.until(() => alice.of("error").length === 1);
    expect(alice.of("error")).toMatchObject([{ connection: a, fault: { code: "AGENT A_CRYPTO" } }]);
    expect(alice.texts(a)).toEqual(["hello"]);
    expect(await exchange(world, [alice, a], [bob, b])).toEqual(bothOk);
    expect(await exchange(world, [alice, toCarol], [carol, c])).toEqual(bothOk);
  });

  it("that says messages came when no time is has them shown with a time that is one", async () => {
    const { world, relay, alice, bob, b, exchanged } = await pair();
    let timestamp = Number.MAX_SAFE_INTEGER;
    corrupt(relay, (message) => {
      timestamp = -timestamp;
      return [{ ...message, timestamp }];
    });
    await sendWhileAway(world, alice, bob, b, ["one", "two"]);
    await world.until(() => alice.texts().length === 2);
    for (const { message } of alice.of("message"))
      expect(new Date(message.relayTimeMs).getTime()).toBe(message.relayTimeMs);
    expect(await exchanged()).toEqual(bothOk);
  });

  it("that loses messages is found out by their numbers", async () => {
    const { world, relay, alice, bob, b, exchanged } = await pair();
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
    expect(await exchanged()).toEqual(bothOk);
  });

  it("that loses more than the ratchet goes over is named, and the pair is usable after a new agreement", async () => {
    const { world, relay, alice, bob, a, b, exchanged } = await pair();
    let count = 0;
    corrupt(relay, (message) => (++count <= skippedInRowMax + 1 ? [] : [message]));
    await sendWhileAway(world, alice, bob, b, numbered(skippedInRowMax + 2));
    await world.until(() => alice.of("ratchetSync").length > 0);
    const fault = { code: "AGENT A_CRYPTO", detail: "RATCHET_SKIPPED" };
    expect(alice.of("error")).toMatchObject([{ connection: a, fault }]);
    expect(alice.of("ratchetSync")).toMatchObject([{ connection: a, state: "required", fault }]);
    expect(alice.texts()).toEqual([]);
    alice.agent.synchronizeRatchet(a);
    // Until Bob has heard of it, he goes on with the ratchet that Alice can't follow.
    await world.until(() => bob.of("ratchetSync").at(-1)?.state === "ok");
    await exchanged();
    expect(await exchanged()).toEqual(bothOk);
    for (const [agent, id] of [
      [alice, a],
      [bob, b],
    ] as const)
      expect(agent.agent.status(id).ratchetSync).toBe("ok");
  });

  it("that changes the order of messages is found out, and all are shown", async () => {
    const { world, relay, alice, bob, b, exchanged } = await pair();
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
    expect(alice.of("message").map(({ message }) => message.integrity.type)).toEqual(["skipped", "ok", "ok"]);
    expect(await exchanged()).toEqual(bothOk);
  });
});
