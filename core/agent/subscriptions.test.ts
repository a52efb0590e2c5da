import { describe, expect, test } from "vitest";
import { decode } from "../bytes/index.ts";
import { VirtualClock } from "../clock/virtual.ts";
import { generateKeyPair } from "../crypto/keys.ts";
import { type Random, systemRandom } from "../crypto/random.ts";
import type { RelayAddress } from "../smp/address.ts";
import { RelayFault } from "./network/relay-fault.ts";
import { connectionId, ownIdLength } from "./state/codecs.ts";
import { newConnection } from "./state/connection-record.ts";
import type { ReceiveQueue } from "./state/queue-records.ts";
import { Subscriptions } from "./subscriptions.ts";

const relay: RelayAddress = {
  scheme: "smp",
  hosts: [{ form: "domain", name: "relay.test" }],
  port: "",
  keyHash: new Uint8Array(32),
};

const queue: ReceiveQueue = {
  id: 1,
  relay,
  recipientId: new Uint8Array(24).fill(1),
  senderId: new Uint8Array(24).fill(2),
  authKey: generateKeyPair("X25519", systemRandom).privateKey,
  deliverySecret: new Uint8Array(32),
  privateKey: new Uint8Array(32),
  secret: undefined,
  clientVersion: 4,
  mode: "messaging",
  status: "new",
  primary: true,
  replaces: undefined,
  switching: "none",
  lastMessageId: undefined,
  link: undefined,
};

const away = () =>
  Promise.reject(new RelayFault("BROKER NETWORK", "relay.test", { temporary: true, host: true }));

/** Subscribes to one queue. @param subscribe what becomes of each try, of which `triesMs` tells the time */
function start(random: Random, subscribe: () => Promise<never>) {
  const clock = new VirtualClock();
  const triesMs: number[] = [];
  const withSession = () => {
    triesMs.push(clock.monotonicMs());
    return subscribe();
  };
  const defects: unknown[] = [];
  const subscriptions = new Subscriptions({
    clock,
    random,
    network: { withSession, withProxy: away, close: () => undefined },
    stopped: false,
    changed: () => undefined,
    refused: () => undefined,
    defect: (error) => defects.push(error),
  });
  const start = newConnection(decode(connectionId, new Uint8Array(ownIdLength)), {
    profile: 1,
    kind: "invitation",
    agentVersion: 7,
    postQuantum: true,
  });
  subscriptions.add({ ...start, receive: [queue] });
  subscriptions.run();
  await clock.until(() => triesMs.length > count, 3_600_000);
  expect(defects).toEqual([]);
  return triesMs.slice(1).map((atMs, i) => atMs - (triesMs[i] ?? 0));
}

describe("a relay that is away", () => {
  const shortest: Random = (length) => new Uint8Array(length);
  const longest: Random = (length) => new Uint8Array(length).fill(255);

  test("is tried with waits that grow, up to the longest", async () => {
    const waits = (await waitsOf(longest, 12)).map(Math.round);
    expect(waits.slice(0, 3)).toEqual([1000, 1500, 2250]);
    expect(waits.at(-1)).toBe(60_000);
  });

  test("is not tried by all its clients at the same moments: up to half of each wait is left to chance", async () => {
    expect(await waitsOf(shortest, 3)).toEqual([500, 750, 1125]);
    const [one, other] = [await waitsOf(systemRandom, 5), await waitsOf(systemRandom, 5)];
    expect(one).not.toEqual(other);
  });
});
