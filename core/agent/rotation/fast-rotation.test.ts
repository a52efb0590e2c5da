import { describe, expect, it } from "vitest";
import { decode, encode, utf8Decode } from "../../bytes/index.ts";
import type { ConnectionId } from "../api.ts";
import { type AMessage, aMessage } from "../messages/agent-message.ts";
import type { QueueName } from "../queues/queue-address.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import { tables } from "../state/tables.ts";
import { down, errors, numbered, pairApart, worldOf } from "../testing/pair.ts";
import type { TestAgent } from "../testing/world.ts";

const dayMs = 24 * 3_600_000;

function phases(agent: TestAgent, direction: "receive" | "send"): readonly string[] {
  return agent
    .of("switch")
    .filter((event) => event.direction === direction)
    .map(({ phase }) => phase);
}

const whole = ["started", "confirmed", "secured", "completed"];
/** The sender has nothing to say before it is secured. */
const sending = ["started", "secured", "completed"];

function isClean(agent: TestAgent, connection: ConnectionId): boolean {
  const { receive, send, pending } = agent.agent.status(connection);
  return receive.length === 1 && send.length === 1 && pending === 0;
}

function inOrder(agent: TestAgent, texts: readonly string[]): void {
  expect(agent.texts()).toEqual(texts);
  expect(agent.of("message").map(({ message }) => message.integrity.type)).toEqual(texts.map(() => "ok"));
}

describe("fast queue rotation", () => {
  it("moves away from a relay that is down for good, with all that waited for it", async () => {
    const { world, alice, bob, a, b, current, spare } = await pairApart();
    expect(alice.agent.status(a).agentVersion).toBe(8);
    down(world, current);
    for (const text of numbered("before", 5)) bob.send(b, text);
    await world.clock.advance(5_000);
    alice.agent.switchRelay(a);
    await world.until(() => phases(bob, "send").length > 0);
    for (const text of numbered("after", 5)) bob.send(b, text);
    await world.until(() => alice.texts().length === 10);
    inOrder(alice, [...numbered("before", 5), ...numbered("after", 5)]);
    await world.until(() => phases(alice, "receive").includes("completed"));
    await world.until(() => phases(bob, "send").includes("completed"));
    expect(phases(alice, "receive")).toEqual(whole);
    expect(phases(bob, "send")).toEqual(sending);
    expect(alice.agent.status(a).receive[0]?.relay).toBe(spare.text);
    expect(bob.of("sent")).toHaveLength(10);
    bob.send(b, "new");
    alice.send(a, "answer");
    await world.until(() => alice.texts().length === 11 && bob.texts().length === 1);
    await world.clock.advance(dayMs + 600_000);
    expect(isClean(alice, a) && isClean(bob, b)).toBe(true);
    expect(errors(alice, bob)).toEqual([]);
  });

  it("starts again at once, though the relay left before is still down", async () => {
    const { world, alice, bob, a, b, current, peers } = await pairApart();
    down(world, current);
    alice.agent.switchRelay(a);
    await world.until(() => phases(alice, "receive").includes("completed"));
    alice.agent.switchRelay(a, peers.text);
    for (const text of numbered("b", 5)) bob.send(b, text);
    await world.until(() => phases(alice, "receive").length === 8 && alice.texts().length === 5);
    inOrder(alice, numbered("b", 5));
    expect(alice.agent.status(a).receive[0]?.relay).toBe(peers.text);
    current.up = true;
    await world.until(() => isClean(alice, a) && isClean(bob, b));
    expect(errors(alice, bob)).toEqual([]);
  });

  it("gives all to the new relay that the old one took meanwhile, so that it may be lost with that", async () => {
    const { world, alice, bob, a, b, current, peers, spare } = await pairApart();
    alice.agent.switchRelay(a, spare.text);
    await world.until(() => alice.agent.status(a).receive.length === 2);
    down(world, spare);
    await world.until(() => phases(bob, "send").length === 1);
    await alice.agent.stop();
    for (const text of numbered("b", 5)) bob.send(b, text);
    await world.until(() => bob.of("sent").length === 5);
    down(world, current);
    spare.up = true;
    await alice.restart();
    await world.until(() => alice.texts().length === 5);
    inOrder(alice, numbered("b", 5));
    await world.until(() => phases(alice, "receive").includes("completed"));
    expect(bob.agent.status(b).send[0]?.relay).toBe(spare.text);
    expect(peers.up).toBe(true);
  });

  it("brings the last words of a peer that deletes the connection once they are delivered", async () => {
    const { world, alice, bob, a, b, current } = await pairApart();
    down(world, current);
    for (const text of numbered("b", 3)) bob.send(b, text);
    bob.agent.delete(b, { waitDelivery: true });
    alice.agent.switchRelay(a);
    await world.until(() => bob.of("deleted").length === 1);
    await world.until(() => alice.texts().length === 3);
    inOrder(alice, numbered("b", 3));
    expect(errors(alice, bob)).toEqual([]);
  });

  it("goes on through the old relay while the new one is down, and completes when it is back", async () => {
    const { world, alice, bob, a, b, spare } = await pairApart();
    alice.agent.switchRelay(a, spare.text);
    await world.until(() => alice.agent.status(a).receive.length === 2);
    down(world, spare);
    for (const text of numbered("b", 10)) {
      bob.send(b, text);
      await world.clock.advance(60_000);
    }
    inOrder(alice, numbered("b", 10));
    spare.up = true;
    await world.until(() => isClean(alice, a) && isClean(bob, b));
    bob.send(b, "b10");
    await world.until(() => alice.texts().length === 11);
    inOrder(alice, numbered("b", 11));
    expect(phases(alice, "receive")).toEqual(whole);
    expect(errors(alice, bob)).toEqual([]);
  });

  it("is given up when the new relay stays down for three weeks", async () => {
    const { world, alice, bob, a, b, current, spare } = await pairApart();
    alice.agent.switchRelay(a, spare.text);
    await world.until(() => alice.agent.status(a).receive.length === 2);
    down(world, spare);
    bob.send(b, "b0");
    await world.until(() => alice.texts().length === 1);
    await alice.agent.stop();
    await world.clock.advance(21 * dayMs + 3_600_000);
    await alice.restart();
    await world.until(() => alice.of("error").length > 0);
    expect(bob.of("error").map(({ fault }) => fault.code)).toEqual(["BROKER NETWORK"]);
    expect(alice.of("error").map(({ fault }) => fault.detail)).toEqual([
      "QEND: peer can't use the new queue",
    ]);
    await world.clock.advance(dayMs + 600_000);
    expect(isClean(alice, a) && isClean(bob, b)).toBe(true);
    expect(alice.agent.status(a).receive).toMatchObject([{ relay: current.text, switching: undefined }]);
    bob.send(b, "b1");
    await world.until(() => alice.texts().length === 2);
    inOrder(alice, numbered("b", 2));
    alice.agent.switchRelay(a);
  }, 60_000);

  it("fetches what the old relay kept, when that comes back, before its queue is deleted", async () => {
    const { world, alice, bob, a, b, current } = await pairApart();
    await alice.agent.stop();
    for (const text of numbered("old", 3)) bob.send(b, text);
    await world.until(() => bob.of("sent").length === 3);
    down(world, current);
    await alice.restart();
    alice.agent.switchRelay(a);
    await world.until(() => phases(bob, "send").includes("completed"));
    bob.send(b, "new");
    await world.clock.advance(3_600_000);
    expect(alice.texts()).toEqual(["new"]);
    expect(phases(alice, "receive")).toEqual(whole);
    current.up = true;
    await world.until(() => isClean(alice, a) && isClean(bob, b));
    expect(alice.texts()).toEqual(["new", ...numbered("old", 3)]);
    expect(errors(alice, bob)).toEqual([]);
  });

  it("loses and doubles nothing, in order, however often both sides crash while both rotate", async () => {
    for (let stepMs = 1; stepMs < 8; stepMs += 3) {
      const { world, alice, bob, a, b } = await pairApart();
      alice.agent.switchRelay(a);
      bob.agent.switchRelay(b);
      for (let i = 0; i < 12; i++) {
        alice.send(a, `a${i}`);
        bob.send(b, `b${i}`);
        await world.clock.advance(stepMs);
        await (i % 2 === 0 ? alice : bob).restart();
      }
      await world.until(() => isClean(alice, a) && isClean(bob, b));
      await world.until(() => alice.texts().length === 12 && bob.texts().length === 12);
      inOrder(alice, numbered("b", 12));
      inOrder(bob, numbered("a", 12));
      for (const agent of [alice, bob]) {
        expect(phases(agent, "receive")).toEqual(whole);
        expect(phases(agent, "send")).toEqual(sending);
      }
      expect(errors(alice, bob)).toEqual([]);
    }
  }, 60_000);

  it("survives a crash of the peer at each millisecond of it, with the old relay down", async () => {
    for (let afterMs = 0; afterMs < 24; afterMs += 4) {
      const { world, alice, bob, a, b, current } = await pairApart();
      down(world, current);
      alice.agent.switchRelay(a);
      bob.send(b, "b0");
      await world.until(() => phases(bob, "send").length > 0);
      await world.clock.advance(afterMs);
      await bob.restart();
      bob.send(b, "b1");
      await world.until(() => alice.texts().length === 2);
      inOrder(alice, ["b0", "b1"]);
      await world.until(() => phases(bob, "send").length === 3);
      expect(phases(alice, "receive")).toEqual(whole);
      expect(errors(alice, bob)).toEqual([]);
    }
  }, 60_000);

  it("holds with full queues and a ratchet that is re-synchronised meanwhile", async () => {
    const { world, alice, bob, a, b, current } = await pairApart();
    await alice.agent.stop();
    for (const text of numbered("b", 300)) bob.send(b, text);
    await world.until(() => bob.of("sent").length >= 128);
    await alice.restart();
    alice.agent.switchRelay(a);
    await world.clock.advance(20);
    bob.agent.synchronizeRatchet(b, true);
    await world.until(() => alice.texts().length === 300 && isClean(alice, a) && isClean(bob, b), 7_200_000);
    inOrder(alice, numbered("b", 300));
    expect(errors(alice, bob)).toEqual([]);
    expect(alice.agent.status(a).receive[0]?.relay).not.toBe(current.text);
  }, 60_000);
});

describe("a connection below version 8", () => {
  it("waits for the relay that it is to move away from", async () => {
    const { world, alice, bob, a, current } = await pairApart(7);
    expect(alice.agent.status(a).agentVersion).toBe(7);
    down(world, current);
    alice.agent.switchRelay(a);
    await world.until(() => phases(bob, "send").length > 0);
    await world.clock.advance(600_000);
    expect(phases(alice, "receive")).toEqual(["started"]);
    current.up = true;
    await world.until(() => phases(alice, "receive").includes("completed"));
    expect(phases(alice, "receive")).toEqual(whole);
  });
});

describe("QEND", () => {
  /** Has an agent send a message that it would not send by itself. */
  async function sends(agent: TestAgent, connection: ConnectionId, message: AMessage): Promise<void> {
    const next = agent.send(connection, "stand-in");
    agent.store.transaction((transaction) => {
      const key = { connection, order: "normal", sequence: next } as const;
      const item = tables.outbox.get(transaction, key);
      if (item === undefined) throw new Error("message is not in the outbox");
      tables.inFlight.delete(transaction, key);
      tables.outbox.put(transaction, key, { ...item, id: 0, content: encode(aMessage, message) });
    });
    await agent.restart();
  }

  function receiving({ store }: TestAgent, connection: ConnectionId): ReceiveQueue {
    const record = store.transaction((transaction) => tables.connections.get(transaction, connection));
    const queue = record?.receive[0];
    if (queue === undefined) throw new Error("no queue");
    return queue;
  }

  it("has the form of QTEST under a tag of its own", () => {
    const world = worldOf(3);
    const [relay] = world.relays.values();
    if (relay === undefined) throw new Error("no relay");
    const queues: readonly QueueName[] = [{ relay: relay.address, senderId: new Uint8Array(24).fill(7) }];
    const end = encode(aMessage, { type: "queueEnd", queues }).slice();
    const test = encode(aMessage, { type: "queueTest", queues }).slice();
    expect(utf8Decode(end.subarray(0, 3))).toBe("QE\u0001");
    expect(end.subarray(2)).toEqual(test.subarray(2));
    expect(decode(aMessage, end)).toEqual({ type: "queueEnd", queues });
  });

  it("does not take the only queue away", async () => {
    const { world, alice, bob, a, b } = await pairApart();
    const { relay, senderId } = receiving(alice, a);
    await sends(bob, b, { type: "queueEnd", queues: [{ relay, senderId }] });
    await world.until(() => alice.of("error").length === 1);
    expect(alice.of("error")[0]?.fault.code).toBe("AGENT A_QUEUE");
    bob.send(b, "still here");
    await world.until(() => alice.texts().includes("still here"));
  });

  it("of a queue that is not of the connection is refused by name", async () => {
    const { world, alice, bob, a, b } = await pairApart();
    const { relay } = receiving(alice, a);
    await sends(bob, b, { type: "queueEnd", queues: [{ relay, senderId: new Uint8Array(24) }] });
    await world.until(() => alice.of("error").length === 1);
    expect(alice.of("error")[0]?.fault.code).toBe("AGENT A_QUEUE");
    bob.send(b, "still here");
    await world.until(() => alice.texts().includes("still here"));
  });
});
