import { describe, expect, test } from "vitest";
import { decode } from "../bytes/index.ts";
import { VirtualClock } from "../clock/virtual.ts";
import { type Random, systemRandom } from "../crypto/random.ts";
import type { RelayAddress } from "../smp/address.ts";
import { acceptClient } from "../smp/client/testing.ts";
import type { Connect } from "../transport/doors.ts";
import { TransportError } from "../transport/errors.ts";
import { memoryLink } from "../transport/memory.ts";
import { testIdentity } from "../transport/testing.ts";
import type { Transport } from "../transport/transport.ts";
import { smpNetwork } from "./network/smp-network.ts";
import { connectionId, ownIdLength } from "./state/codecs.ts";
import { newConnection } from "./state/connection-record.ts";
import { Subscriptions } from "./subscriptions.ts";
import { newReceiveQueue } from "./testing/receive-queue.ts";

const identity = testIdentity(new VirtualClock().nowMs());
const relay: RelayAddress = {
  scheme: "smp",
  hosts: [{ form: "domain", name: "relay.test" }],
  port: "",
  keyHash: identity.keyHash,
};

const queue = newReceiveQueue(relay);

/** A client that receives on one queue, and the moments when it connects, in milliseconds. */
function subscribe(random: Random, serve: (clock: VirtualClock) => Promise<Transport>) {
  const clock = new VirtualClock();
  const triesMs: number[] = [];
  const told: string[] = [];
  const retriesMs: (number | undefined)[] = [];
  const connect: Connect = () => {
    triesMs.push(clock.monotonicMs());
    return serve(clock);
  };
  const unexpected = (error: unknown) => {
    throw error;
  };
  const network = smpNetwork(connect, { clock, random: systemRandom })({
    received: (_, __, event) => unexpected(event),
    disconnected: (profile, lost) => subscriptions.disconnected(profile, lost),
  });
  const subscriptions = new Subscriptions({
    clock,
    random,
    network,
    stopped: false,
    changed: (type) => told.push(type),
    retryAt: (_, __, atMs) => retriesMs.push(atMs),
    refused: (_, fault) => unexpected(fault),
    failing: () => unexpected(new Error("relay is said to be failing")),
    reachesAnother: () => Promise.resolve(false),
    defect: unexpected,
  });
  const id = decode(connectionId, new Uint8Array(ownIdLength));
  const start = { profile: 1, kind: "invitation", agentVersion: 7, postQuantum: true } as const;
  subscriptions.add({ ...newConnection(id, start), receive: [queue] });
  subscriptions.run();
  return { clock, subscriptions, triesMs, told, retriesMs };
}

const away = () => Promise.reject(new TransportError("network", "cannot connect: relay is not there"));

/** A relay that answers everything with OK, and loses the connection a while later. */
async function breaking(clock: VirtualClock, afterMs: number): Promise<Transport> {
  const link = memoryLink({ clock, sessionId: systemRandom(32), serverChain: identity.certificateChain });
  const answer = () => {
    clock.after(afterMs, () => link.cut());
    return { type: "OK" } as const;
  };
  void acceptClient(link.server, { identity, clock, answer });
  return link.client;
}

/** The waits between the first tries to reach a relay that is away, in milliseconds. */
async function waitsOf(random: Random, count: number): Promise<readonly number[]> {
  const { clock, triesMs } = subscribe(random, away);
  await clock.until(() => triesMs.length > count, 3_600_000);
  return triesMs.slice(1).map((atMs, i) => atMs - (triesMs[i] ?? 0));
}

const shortest: Random = (length) => new Uint8Array(length);
const longest: Random = (length) => new Uint8Array(length).fill(255);

describe("a relay that is away", () => {
  test("is tried with waits that grow, up to the longest", async () => {
    const waits = (await waitsOf(longest, 12)).map(Math.round);
    expect(waits.slice(0, 3)).toEqual([1000, 1500, 2250]);
    expect(waits.at(-1)).toBe(60_000);
  });

  test("is told of once, however often it is tried", async () => {
    const { clock, triesMs, told } = subscribe(longest, away);
    await clock.until(() => triesMs.length > 5, 3_600_000);
    expect(told).toEqual(["down"]);
  });

  test("is tried when it was told, and short waits are not told", async () => {
    const { clock, subscriptions, triesMs, retriesMs } = subscribe(longest, away);
    const startMs = clock.nowMs();
    await clock.until(() => triesMs.length > 8, 3_600_000);
    // After waits of 1, 1.5 and 2.25 seconds.
    expect(retriesMs.slice(0, -1).map((atMs) => (atMs ?? 0) - startMs)).toEqual(
      triesMs.slice(4).map(Math.round),
    );
    subscriptions.retryNow();
    const tries = triesMs.length;
    await clock.until(() => triesMs.length > tries, 3_600_000);
    expect(retriesMs.at(-1)).toBeUndefined();
  });

  test("is not tried by all its clients at the same moments: up to half of each wait is left to chance", async () => {
    expect(await waitsOf(shortest, 3)).toEqual([500, 750, 1125]);
    const [one, other] = [await waitsOf(systemRandom, 5), await waitsOf(systemRandom, 5)];
    expect(one).not.toEqual(other);
  });
});

describe("a relay that is lost", () => {
  test("again and again is tried less and less often, though each time it lets subscribe", async () => {
    const { clock, triesMs } = subscribe(longest, (clock) => breaking(clock, 100));
    await clock.advance(60_000);
    expect(triesMs.length).toBeGreaterThan(3);
    expect(triesMs.length).toBeLessThan(12);
  });

  test("is tried at once when it has been there for a while, and each change is told", async () => {
    const { clock, triesMs, told } = subscribe(longest, (clock) => breaking(clock, 20_000));
    await clock.advance(50_000);
    expect(triesMs).toEqual([0, 20_000, 40_000]);
    expect(told).toEqual(["up", "down", "up", "down", "up"]);
  });

  test("is tried at once when asked to", async () => {
    const { clock, subscriptions, triesMs } = subscribe(longest, (clock) => breaking(clock, 100));
    await clock.advance(300);
    expect(triesMs).toEqual([0]);
    subscriptions.retryNow();
    await clock.advance(0);
    expect(triesMs).toEqual([0, 300]);
  });
});
