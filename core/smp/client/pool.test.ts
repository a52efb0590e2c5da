import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import type { Connect } from "../../transport/doors.ts";
import { TransportError } from "../../transport/errors.ts";
import { type MemoryLink, memoryLink } from "../../transport/memory.ts";
import { testIdentity } from "../../transport/testing.ts";
import type { RelayAddress } from "../address.ts";
import type { BrokerMessage } from "../message.ts";
import type { NewQueue } from "../new-queue.ts";
import type { CommandTransmission } from "../transmission.ts";
import { type Backoff, backoffMs, defaultBackoff } from "./backoff.ts";
import { type PoolEvent, RelayPool } from "./pool.ts";
import type { RecipientQueue } from "./queues.ts";
import { acceptClient, type TestRelay } from "./testing.ts";

const identity = testIdentity(new VirtualClock().nowMs());
const address: RelayAddress = {
  scheme: "smp",
  hosts: [{ form: "domain", name: "relay.test" }],
  port: "",
  keyHash: identity.keyHash,
};
const backoff: Backoff = { firstMs: 1000, maxMs: 60_000, factor: 2 };
const keys = generateKeyPair("X25519", systemRandom);
const id = (number: number): Uint8Array => {
  const bytes = new Uint8Array(24);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
};
const queue = (number: number): RecipientQueue => ({ recipientId: id(number), privateKey: keys.privateKey });

const newQueue: NewQueue = {
  rcvAuthKey: keys.publicKey,
  rcvDhKey: keys.publicKey.key,
  basicAuth: undefined,
  subscribeMode: "subscribe",
  request: { type: "messaging", link: undefined },
  notifier: undefined,
};

/** A network of one relay, which the test lets fail. */
class Network {
  readonly clock = new VirtualClock();
  readonly relays: TestRelay[] = [];
  readonly links: MemoryLink[] = [];
  readonly attemptsMs: number[] = [];
  readonly isolations: (string | undefined)[] = [];
  failure: TransportError | undefined;
  answer: (command: CommandTransmission) => BrokerMessage | undefined = () => ({ type: "OK" });
  readonly events: PoolEvent[] = [];
  /** Connections that clients have closed. */
  ended = 0;

  pool(isolateQueues = false): RelayPool {
    const pool = new RelayPool(
      { connect: this.#connect, clock: this.clock, random: systemRandom, backoff },
      isolateQueues,
    );
    void this.#read(pool);
    return pool;
  }

  /** The recipient ids of the SUBs that the relay got over its latest connection. */
  get subscribed(): readonly Uint8Array[] {
    const commands = this.relays.at(-1)?.commands ?? [];
    return commands.filter(({ command }) => command.type === "SUB").map(({ entityId }) => entityId);
  }

  types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  async #read(pool: RelayPool): Promise<void> {
    for await (const event of pool.events) this.events.push(event);
  }

  readonly #connect: Connect = async (_relay, isolation) => {
    this.attemptsMs.push(this.clock.monotonicMs());
    this.isolations.push(isolation);
    if (this.failure !== undefined) throw this.failure;
    const { clock } = this;
    const link = memoryLink({ clock, sessionId: systemRandom(32), serverChain: identity.certificateChain });
    this.links.push(link);
    void acceptClient(link.server, { identity, clock }).then((relay) => {
      relay.answer = (command) => this.answer(command);
      void relay.ended.then(() => this.ended++);
      this.relays.push(relay);
    });
    return link.client;
  };
}

describe("a pool of relays", () => {
  test("everybody who needs a relay shares one connection", async () => {
    const network = new Network();
    const pool = network.pool();
    const [a, b] = await Promise.all([pool.client(address), pool.client(address, id(1))]);
    expect(a).toBe(b);
    expect(pool.state(address)).toEqual({ type: "ready" });
    expect(network.attemptsMs).toHaveLength(1);
  });

  test("with isolation, each queue has a connection of its own, and each connection a name of its own", async () => {
    const network = new Network();
    network.answer = ({ command }) => (command.type === "PING" ? { type: "PONG" } : { type: "OK" });
    const pool = network.pool(true);
    const [a, b, again] = await Promise.all([
      pool.client(address, id(1)),
      pool.client(address, id(2)),
      pool.client(address, id(1)),
    ]);
    expect(a).not.toBe(b);
    expect(a).toBe(again);
    expect(new Set(network.isolations).size).toBe(2);
  });

  test("subscriptions come back after the connection is lost", async () => {
    const network = new Network();
    const pool = network.pool();
    await Promise.all([1, 2, 3].map((i) => pool.subscribe(address, queue(i))));
    network.links[0]?.cut();
    await network.clock.until(() => network.relays.length === 2 && network.subscribed.length === 3);
    await network.clock.advance(0);
    expect(network.subscribed).toEqual([1, 2, 3].map(id));
    expect(network.types()).toEqual(["connected", "subscribed", "disconnected", "connected", "subscribed"]);
    expect(network.events[2]).toMatchObject({ recipientIds: [1, 2, 3].map(id), error: { code: "network" } });
  });

  test("ten thousand queues are subscribed again in batches, with bounded messages waiting", async () => {
    const network = new Network();
    const pool = network.pool();
    const count = 10_000;
    const message = (messageId: Uint8Array): BrokerMessage => ({
      type: "MSG",
      messageId,
      body: new Uint8Array(8),
    });
    network.answer = ({ entityId }) => message(entityId);
    await Promise.all(Array.from({ length: count }, (_, i) => pool.subscribe(address, queue(i))));
    expect(network.subscribed).toHaveLength(count);
    const blocks = network.relays[0]?.blocks.length ?? 0;
    expect(blocks).toBeLessThan(count / 60);
    await network.clock.until(() => network.events.filter(({ type }) => type === "event").length === count);
  });

  test("a relay that is away is tried with waits that grow, and asked for nothing in between", async () => {
    const network = new Network();
    const pool = network.pool();
    network.failure = new TransportError("network", "connection refused");
    await expect(pool.subscribe(address, queue(1))).rejects.toMatchObject({ code: "network" });
    await network.clock.advance(60_000);
    const waits = network.attemptsMs.slice(1).map((atMs, i) => atMs - (network.attemptsMs[i] ?? 0));
    expect(waits.length).toBeGreaterThan(4);
    waits.slice(0, 5).forEach((waitMs, i) => {
      expect(waitMs).toBeGreaterThanOrEqual(500 * 2 ** i);
      expect(waitMs).toBeLessThanOrEqual(1000 * 2 ** i);
    });
    network.failure = undefined;
    await network.clock.until(() => network.subscribed.length === 1);
    expect(pool.state(address)).toEqual({ type: "ready" });
  });

  test("a relay with a wrong identity is tried only at the longest wait", async () => {
    const network = new Network();
    const pool = network.pool();
    network.failure = new TransportError("identity", "another relay");
    await expect(pool.subscribe(address, queue(1))).rejects.toMatchObject({ code: "identity" });
    await network.clock.advance(backoff.maxMs - 1);
    expect(network.attemptsMs).toHaveLength(1);
    await network.clock.advance(1);
    expect(network.attemptsMs).toHaveLength(2);
  });

  test("who asks right after a failure gets it again without another attempt, later a new attempt", async () => {
    const network = new Network();
    const pool = network.pool();
    network.failure = new TransportError("network", "connection refused");
    await expect(pool.client(address)).rejects.toThrow("connection refused");
    await expect(pool.client(address)).rejects.toThrow("connection refused");
    expect(network.attemptsMs).toHaveLength(1);
    await network.clock.advance(3000);
    network.failure = undefined;
    expect((await pool.client(address)).state).toBe("ready");
  });

  test("a connection without queues is not made again by itself", async () => {
    const network = new Network();
    const pool = network.pool();
    await pool.client(address);
    network.links[0]?.cut();
    await network.clock.advance(600_000);
    expect(network.attemptsMs).toHaveLength(1);
    expect(pool.state(address)).toEqual({ type: "idle" });
  });

  test("a queue that the relay does not know is given up, the others stay", async () => {
    const network = new Network();
    const pool = network.pool();
    network.answer = ({ entityId }) =>
      entityId[3] === 2 ? { type: "ERR", error: { type: "AUTH" } } : { type: "OK" };
    const results = await Promise.allSettled([1, 2, 3].map((i) => pool.subscribe(address, queue(i))));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    network.links[0]?.cut();
    await network.clock.until(() => network.subscribed.length === 2);
    expect(network.subscribed).toEqual([1, 3].map(id));
    expect(network.events).toContainEqual(
      expect.objectContaining({
        type: "refused",
        recipientId: id(2),
        error: expect.objectContaining({ code: "AUTH" }),
      }),
    );
  });

  test("a subscription that fails for a while is tried again on the same connection", async () => {
    const network = new Network();
    const pool = network.pool();
    network.answer = () => ({ type: "ERR", error: { type: "INTERNAL" } });
    await expect(pool.subscribe(address, queue(1))).rejects.toMatchObject({ code: "INTERNAL" });
    network.answer = () => ({ type: "OK" });
    await network.clock.until(() => network.types().includes("subscribed"));
    expect(network.attemptsMs).toHaveLength(1);
  });

  test("a queue that another connection took over is not taken back", async () => {
    const network = new Network();
    const pool = network.pool();
    await Promise.all([1, 2].map((i) => pool.subscribe(address, queue(i))));
    network.relays[0]?.send({ entityId: id(1), message: { type: "END" } });
    await network.clock.advance(0);
    network.links[0]?.cut();
    await network.clock.until(() => network.relays.length === 2 && network.subscribed.length > 0);
    expect(network.subscribed).toEqual([id(2)]);
  });

  test("with isolation, the connection over which a queue could not be created is closed", async () => {
    const network = new Network();
    const pool = network.pool(true);
    network.answer = () => ({ type: "ERR", error: { type: "AUTH" } });
    await expect(pool.createQueue(address, keys.privateKey, newQueue)).rejects.toMatchObject({
      code: "AUTH",
    });
    await network.clock.advance(0);
    expect(network.ended).toBe(1);
    expect(network.types()).toEqual(["connected"]);
  });

  test("with isolation, the connection of a queue ends with its subscription, and only that one", async () => {
    const network = new Network();
    const pool = network.pool(true);
    await Promise.all([1, 2].map((i) => pool.subscribe(address, queue(i))));
    pool.unsubscribe(address, id(1));
    await network.clock.advance(0);
    expect(network.ended).toBe(1);
    expect(pool.state(address, id(1))).toEqual({ type: "idle" });
    expect(pool.state(address, id(2))).toEqual({ type: "ready" });
  });

  test("without isolation, the connection stays when a queue is no longer subscribed", async () => {
    const network = new Network();
    const pool = network.pool();
    await Promise.all([1, 2].map((i) => pool.subscribe(address, queue(i))));
    pool.unsubscribe(address, id(1));
    await network.clock.advance(0);
    expect(pool.state(address)).toEqual({ type: "ready" });
    network.links[0]?.cut();
    await network.clock.until(() => network.relays.length === 2 && network.subscribed.length > 0);
    expect(network.subscribed).toEqual([id(2)]);
  });

  test("without isolation, the connection stays when a queue can't be created", async () => {
    const network = new Network();
    const pool = network.pool();
    network.answer = () => ({ type: "ERR", error: { type: "AUTH" } });
    await expect(pool.createQueue(address, keys.privateKey, newQueue)).rejects.toThrow("AUTH");
    expect(pool.state(address)).toEqual({ type: "ready" });
  });

  test("a queue that was created subscribed is subscribed again on the next connection", async () => {
    const network = new Network();
    const pool = network.pool(true);
    const created = { recipientId: id(7), senderId: id(8), rcvDhKey: keys.publicKey.key };
    network.answer = ({ command }) =>
      command.type === "NEW"
        ? {
            type: "IDS",
            ...created,
            queueMode: "messaging",
            linkId: undefined,
            serviceId: undefined,
            notifier: undefined,
          }
        : { type: "OK" };
    const ids = await pool.createQueue(address, keys.privateKey, newQueue);
    expect(ids.senderId).toEqual(id(8));
    expect(pool.state(address, id(7))).toEqual({ type: "ready" });
    network.links[0]?.cut();
    await network.clock.until(() => network.subscribed.length === 1);
    expect(network.subscribed).toEqual([id(7)]);
  });

  test("a closed pool ends its connections and its events, and makes no new ones", async () => {
    const network = new Network();
    const pool = network.pool();
    await pool.subscribe(address, queue(1));
    pool.close();
    await network.clock.advance(600_000);
    expect(network.attemptsMs).toHaveLength(1);
    await expect(pool.client(address)).rejects.toMatchObject({ code: "closed" });
  });
});

describe("backoff", () => {
  test("grows to its maximum, between half and all of it", () => {
    const low = () => new Uint8Array(2);
    const high = (length: number) => new Uint8Array(length).fill(255);
    expect(backoffMs(defaultBackoff, 1, low)).toBe(1000);
    expect(Math.round(backoffMs(defaultBackoff, 1, high))).toBe(2000);
    expect(backoffMs(defaultBackoff, 1000, low)).toBe(300_000);
  });
});
