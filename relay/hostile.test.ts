import { describe, expect, it, vi } from "vitest";
import { generateKeyPair } from "../core/crypto/keys.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { memoryLink } from "../core/transport/memory.ts";
import { blockLength } from "../core/transport/transport.ts";
import { startMaintenance } from "./maintenance.ts";
import { TestClient } from "./testing/client.ts";
import { createQueue, newCommand, sendCommand, type TestQueue } from "./testing/queue.ts";
import { type TestRelay, testRelay } from "./testing/relay.ts";

const ok = { type: "OK" };
const forSender = ({ senderId, senderKey }: TestQueue) => [senderId, senderKey.privateKey] as const;

/** Another client is served as if nothing had happened, and the relay has nothing to complain of itself. */
async function expectServed(test: TestRelay): Promise<void> {
  const client = await test.connect();
  const queue = await createQueue(client, { secured: true });
  expect(await client.request({ type: "PING" })).toEqual({ type: "PONG" });
  client.send({ command: sendCommand("x"), entityId: queue.senderId, key: queue.senderKey.privateKey });
  expect((await client.receive())[0]?.message.type).toBe("MSG");
  client.close();
  expect(test.errors).toEqual([]);
}

/** A connection on which nobody answers the relay's handshake. */
function mute({ relay, clock }: TestRelay) {
  const link = memoryLink({ clock, sessionId: systemRandom(32) });
  const ended = new Promise<void>((resolve) => {
    link.client.receive({ block: () => undefined, closed: () => resolve() });
  });
  return { link, ended, accepted: relay.accept(link.server, "192.0.2.66") };
}

describe("a client that", () => {
  it("does not answer the handshake is disconnected after its time", async () => {
    const test = testRelay({ limits: { handshakeTimeoutSeconds: 30 } });
    const clients = Array.from({ length: 50 }, () => mute(test));
    expect(test.relay.connectionCount).toBe(50);
    await test.clock.advance(29_000);
    expect(test.relay.connectionCount).toBe(50);
    await expectServed(test);
    await test.clock.advance(1_000);
    await Promise.all(clients.map(({ ended }) => ended));
    expect(test.relay.connectionCount).toBe(0);
  });

  it("falls silent after it, with no subscription, is disconnected; with one it stays", async () => {
    const test = testRelay({ limits: { idleTimeoutSeconds: 600 } });
    const stop = startMaintenance(test.relay);
    const [silent, subscribed] = [await test.connect(), await test.connect()];
    await createQueue(subscribed);
    await test.clock.advance(590_000);
    await silent.request({ type: "PING" });
    await test.clock.advance(590_000);
    expect(test.relay.connectionCount).toBe(2);
    await test.clock.advance(20_000);
    await silent.closed;
    expect(test.relay.connectionCount).toBe(1);
    stop();
  });

  it.each([
    [1, 600],
    [400, 800],
  ])("is looked for every %d s, and disconnected after %d s", async (sweepIntervalSeconds, endSeconds) => {
    const test = testRelay({ limits: { idleTimeoutSeconds: 600, sweepIntervalSeconds } });
    const stop = startMaintenance(test.relay);
    await test.connect();
    await test.clock.advance((endSeconds - 1) * 1000);
    expect(test.relay.connectionCount).toBe(1);
    await test.clock.advance(1000);
    expect(test.relay.connectionCount).toBe(0);
    stop();
  });

  it("answers the handshake with garbage is disconnected", async () => {
    const test = testRelay();
    for (let time = 0; time < 20; time++) {
      const { link, ended } = mute(test);
      link.client.send(systemRandom(blockLength));
      await ended;
    }
    expect(test.relay.stats.get("handshakesFailed")).toBe(20);
    await expectServed(test);
  });

  it.each([
    ["wants another relay", { keyHash: systemRandom(32) }],
    ["wants a version that was not offered", { version: 5 }],
  ])("%s is disconnected", async (_, changes) => {
    const test = testRelay();
    const { client, server } = memoryLink({ clock: test.clock, sessionId: systemRandom(32) });
    void test.relay.accept(server);
    const keyHash = "keyHash" in changes ? changes.keyHash : test.relay.identity.keyHash;
    const options = "version" in changes ? { version: changes.version } : {};
    const connected = await TestClient.connect(client, keyHash, options).catch(() => undefined);
    await connected?.closed;
    expect(test.relay.connectionCount).toBe(0);
    await expectServed(test);
  });

  it("sends a block that does not decrypt gets the error and is disconnected", async () => {
    const test = testRelay();
    const client = await test.connect();
    client.transport.send(systemRandom(blockLength));
    expect((await client.event()).message).toEqual({ type: "ERR", error: { type: "BLOCK" } });
    await client.closed;
    await expectServed(test);
  });

  it("sends a block of garbage in proper encryption gets errors, and may go on", async () => {
    const test = testRelay();
    const client = await test.connect();
    for (const content of [
      new Uint8Array(0),
      Uint8Array.of(0),
      Uint8Array.of(2, 0, 1, 9),
      systemRandom(500),
    ]) {
      client.sendContent({ length: content.length, parts: [content] });
      expect((await client.receive()).every(({ message }) => message.type === "ERR")).toBe(true);
    }
    expect(await client.request({ type: "PING" })).toEqual({ type: "PONG" });
    await expectServed(test);
  });

  it("uses the WebSocket door without encrypted blocks is disconnected", async () => {
    const test = testRelay();
    for (const options of [{ withKey: false }, { isProxy: true }, { version: 10 }]) {
      const client = await test.connect(options, { door: "websocket" });
      await client.closed;
    }
    const client = await test.connect({}, { door: "websocket" });
    expect(await client.request({ type: "PING" })).toEqual({ type: "PONG" });
  });
});

describe("a slow reader", () => {
  /** A recipient that takes nothing any more, with more messages for it than fit anywhere. */
  async function stuck(test: TestRelay, queueCount: number) {
    const link = memoryLink({ clock: test.clock, sessionId: systemRandom(32) });
    const stall = (stalled: boolean): void => link.stall("to-client", stalled);
    void test.relay.accept(link.server);
    const recipient = await TestClient.connect(link.client, test.relay.identity.keyHash);
    const queues: TestQueue[] = [];
    for (let i = 0; i < queueCount; i++) queues.push(await createQueue(recipient, { secured: true }));
    stall(true);
    const sender = await test.connect();
    for (const queue of queues) {
      expect(await sender.request(sendCommand(new Uint8Array(16_000)), ...forSender(queue))).toEqual(ok);
    }
    return { recipient, queues, stall };
  }

  it("does not make what waits for it grow, and is disconnected after its time", async () => {
    const test = testRelay({ limits: { slowReaderTimeoutSeconds: 60 } });
    const stop = startMaintenance(test.relay);
    const { recipient } = await stuck(test, 120);
    await test.clock.advance(20_000);
    expect(test.relay.connectionCount).toBe(2);
    await test.clock.advance(80_000);
    expect(test.relay.connectionCount).toBe(1);
    await expectServed(test);
    recipient.close();
    stop();
  });

  it("gets everything when it reads again in time", async () => {
    const test = testRelay();
    const { recipient, queues, stall } = await stuck(test, 120);
    stall(false);
    const delivered = new Set<string>();
    while (delivered.size < queues.length) {
      const { entityId, message } = await recipient.event();
      expect(message.type).toBe("MSG");
      delivered.add(entityId.join());
    }
    await expectServed(test);
  });

  it("that sends commands and reads no replies has to wait with them", async () => {
    const test = testRelay();
    const link = memoryLink({ clock: test.clock, sessionId: systemRandom(32) });
    void test.relay.accept(link.server);
    const client = await TestClient.connect(link.client, test.relay.identity.keyHash);
    const carriedOut = vi.spyOn(test.relay, "carryOut");
    link.stall("to-client", true);
    for (let sent = 0; sent < 60; sent++) {
      client.send(...Array.from({ length: 100 }, () => ({ command: { type: "PING" } as const })));
    }
    await test.clock.advance(1000);
    expect(carriedOut.mock.calls.length).toBeLessThan(3000);
    await expectServed(test);
  });
});

describe("a flood", () => {
  it("of expensive commands in full blocks does not keep others from being served", async () => {
    const test = testRelay({ defer: setImmediate });
    const [hostile, other] = [await test.connect(), await test.connect()];
    const key = generateKeyPair("Ed25519", systemRandom).privateKey;
    const expensive = Array.from({ length: 100 }, () => ({
      command: { type: "SUB" } as const,
      entityId: systemRandom(24),
      key,
    }));
    for (let block = 0; block < 10; block++) hostile.send(...expensive);
    const carriedOut = vi.spyOn(test.relay, "carryOut");
    expect(await other.request({ type: "PING" })).toEqual({ type: "PONG" });
    // It had its turn long before the flood was worked off.
    expect(carriedOut.mock.calls.length).toBeLessThan(400);
    let refused = 0;
    while (refused < 1000) refused += (await hostile.receive()).length;
    await expectServed(test);
  });

  it("of connections from one address ends at its bound, and others get in", async () => {
    const test = testRelay({ limits: { connectionsPerAddressMax: 10 } });
    const flood = Array.from({ length: 50 }, () => mute(test));
    expect(test.relay.connectionCount).toBe(10);
    await Promise.all(flood.slice(10).map(({ ended }) => ended));
    await expectServed(test);
    for (const { link } of flood) link.cut();
    await Promise.all(flood.map(({ accepted }) => accepted));
    expect(test.relay.connectionCount).toBe(0);
  });

  it("of connections ends at the bound of the relay", async () => {
    const test = testRelay({ limits: { connectionsMax: 5 } });
    const clients: TestClient[] = [];
    for (let i = 0; i < 5; i++) clients.push(await test.connect());
    const { ended } = mute(test);
    await ended;
    clients[0]?.close();
    await clients[1]?.request({ type: "PING" });
    await expectServed(test);
  });

  it("of subscriptions ends at the bound of a connection", async () => {
    const test = testRelay({ limits: { subscriptionsPerConnectionMax: 3 } });
    const client = await test.connect();
    const queues: TestQueue[] = [];
    for (let i = 0; i < 5; i++) queues.push(await createQueue(client, { subscribeMode: "only-create" }));
    const replies: string[] = [];
    for (const { recipientId, recipientKey } of queues) {
      replies.push((await client.request({ type: "SUB" }, recipientId, recipientKey.privateKey)).type);
    }
    expect(replies).toEqual(["SOK", "SOK", "SOK", "ERR", "ERR"]);
  });

  it("of NEW ends at the rate of its address, over all its connections", async () => {
    const test = testRelay({ limits: { newQueuesPerMinute: 60, newQueuesBurst: 10 } });
    const clients = [await test.connect(), await test.connect()];
    let created = 0;
    for (const client of clients) {
      for (let i = 0; i < 10; i++) {
        const { command, recipientKey } = newCommand();
        const { type } = await client.request(command, undefined, recipientKey.privateKey);
        if (type === "IDS") created++;
      }
    }
    expect(created).toBe(10);
    expect((await test.relay.store.counts()).queues).toBe(10);
  });
});
