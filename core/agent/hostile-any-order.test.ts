import fc from "fast-check";
import { expect, it } from "vitest";
import { encode, utf8Encode } from "../bytes/index.ts";
import { generateKeyPair } from "../crypto/keys.ts";
import { restartKeys, skippedKeysMax } from "../ratchet/ratchet.ts";
import type { ConnectionId } from "./api.ts";
import { AgentError } from "./errors.ts";
import type { AMessage } from "./messages/agent-message.ts";
import { agentEnvelope } from "./messages/envelope.ts";
import type { QueueName } from "./queues/queue-address.ts";
import type { ConnectionRecord } from "./state/connection-record.ts";
import { tables } from "./state/tables.ts";
import { type Forger, sendForged } from "./testing/forge.ts";
import { seededRandom } from "./testing/seeded-random.ts";
import { connectPair, exchange, type TestAgent, World } from "./testing/world.ts";
import { clientVersions } from "./versions.ts";

const forgeries = [
  "text",
  "hello",
  "receipts",
  "queueContinue",
  "queueAdd",
  "queueKey",
  "queueUse",
  "queueTest",
  "queueEnd",
  "ratchetReady",
  "ratchetKey",
  "confirmation",
  "junk",
  "replay",
  "skip",
] as const;
const deeds = ["send", "receipt", "rotate", "resync", "postQuantum", "restart"] as const;

interface Step {
  readonly kind:
    | (typeof forgeries)[number]
    | (typeof deeds)[number]
    | "peer send"
    | "peer rotate"
    | "peer resync";
  /** Chooses among what there is for the step. */
  readonly a: number;
  readonly b: number;
  /** How long until the next step, in milliseconds. */
  readonly waitMs: number;
}

const step = fc.record<Step>({
  kind: fc.constantFrom(...forgeries, ...deeds, "peer send", "peer rotate", "peer resync"),
  a: fc.nat(1_000),
  b: fc.nat(1_000),
  waitMs: fc.constantFrom(0, 1, 3, 10, 100, 60_000),
});

/** One of them by a number. */
function at<T>(from: readonly T[], index: number): T {
  const value = from[index % from.length];
  if (value === undefined) throw new RangeError("there is nothing to choose from");
  return value;
}

const lowOrder = new Uint8Array(32);
const junk = new Uint8Array(200).fill(7);

function recordOf(agent: TestAgent, connection: ConnectionId): ConnectionRecord {
  const record = agent.store.transaction((tx) => tables.connections.get(tx, connection));
  if (record === undefined) throw new Error("there is no such connection");
  return record;
}

/** Alice, connected with Bob, who is honest, and with Mallory, who has all her keys and says what she likes. */
class Hostility {
  readonly world: World;
  readonly #random: ReturnType<typeof seededRandom>;
  readonly alice: TestAgent;
  readonly bob: TestAgent;
  readonly mallory: TestAgent;
  readonly #past: Uint8Array[] = [];
  a: ConnectionId = "" as ConnectionId;
  b: ConnectionId = "" as ConnectionId;
  toMallory: ConnectionId = "" as ConnectionId;
  m: ConnectionId = "" as ConnectionId;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.world = new World(this.#random);
    for (const host of ["one.test", "two.test"]) this.world.addRelay(host);
    const add = () => this.world.addAgent();
    [this.alice, this.bob, this.mallory] = [add(), add(), add()];
  }

  async connect(): Promise<void> {
    [this.a, this.b] = await connectPair(this.world, this.alice, this.bob);
    [this.toMallory, this.m] = await connectPair(this.world, this.alice, this.mallory);
  }

  async take({ kind, a, b, waitMs }: Step): Promise<void> {
    try {
      await this.#do(kind, a, b);
    } catch (error) {
      // Commands are refused when they are not due.
      if (!(error instanceof AgentError)) throw error;
    }
    await this.world.clock.advance(waitMs);
  }

  async #do(kind: Step["kind"], a: number, b: number): Promise<void> {
    const { alice, mallory, toMallory, m } = this;
    switch (kind) {
      case "send":
        alice.send(toMallory, `to Mallory ${a}`);
        return;
      case "receipt":
        return alice.agent.receipt(toMallory, 1 + (a % 20));
      case "rotate":
        return alice.agent.switchRelay(toMallory);
      case "resync":
        return alice.agent.synchronizeRatchet(toMallory, a % 2 === 0);
      case "postQuantum":
        return alice.agent.setPostQuantum(toMallory, a % 2 === 0);
      case "restart":
        return alice.restart();
      case "peer send":
        mallory.send(m, `from Mallory ${a}`);
        return;
      case "peer rotate":
        return mallory.agent.switchRelay(m);
      case "peer resync":
        return mallory.agent.synchronizeRatchet(m, true);
      default: {
        const ratchet = mallory.store.transaction((tx) => tables.ratchets.get(tx, m));
        if (ratchet?.sending === undefined) return undefined;
        const queue = a % 3 === 0 ? at(recordOf(mallory, m).send, b).id : undefined;
        return sendForged(mallory, m, (forger) => this.#envelope(forger, kind, a, b), queue);
      }
    }
  }

  #envelope(forger: Forger, kind: (typeof forgeries)[number], a: number, b: number): Uint8Array {
    const envelope = this.#forged(forger, kind, a, b);
    this.#past.push(envelope);
    return envelope;
  }

  #forged(forger: Forger, kind: (typeof forgeries)[number], a: number, b: number): Uint8Array {
    const agentVersion = at([2, 6, 7, 8, 99], a);
    switch (kind) {
      case "junk":
        return forger.envelope(this.#random(a % 100));
      case "replay":
        return at([...this.#past, junk], a);
      case "skip":
        forger.skip(at([1, 5, 200, 512, 513], a));
        return this.#message(forger, { type: "message", body: utf8Encode("skipped") }, b);
      case "confirmation":
        return encode(agentEnvelope, {
          type: "confirmation",
          agentVersion,
          ratchet: undefined,
          encrypted: a % 2 === 0 ? junk : new Uint8Array(0),
        }).slice();
      case "ratchetKey": {
        const { params } = restartKeys(this.#random, at([2, 3], a), b % 2 === 0);
        const ratchet = at([params, params, { ...params, key1: new Uint8Array(56) }], b);
        return encode(agentEnvelope, { type: "ratchetKey", agentVersion, ratchet, info: junk }).slice();
      }
      default:
        return this.#message(forger, this.#said(kind, a, b), b);
    }
  }

  #message(forger: Forger, message: AMessage, b: number): Uint8Array {
    const { sentId, sentHash } = forger.record;
    const sharedId = at([sentId + 1, sentId + 1, sentId, 0, 1, sentId + 7, Number.MAX_SAFE_INTEGER], b);
    const previousHash = at([sentHash, sentHash, junk.slice(0, 32), new Uint8Array(0)], b);
    return forger.message({ type: "message", sharedId, previousHash, message });
  }

  /** The names of queues: Alice's, Mallory's, and one that nobody has. */
  #names(): readonly QueueName[] {
    const { receive, send } = recordOf(this.alice, this.toMallory);
    const known: readonly QueueName[] = [...receive, ...send];
    return [...known, { relay: at(known, 0).relay, senderId: junk.slice(0, 24) }];
  }

  #said(
    kind: Exclude<(typeof forgeries)[number], "ratchetKey" | "confirmation" | "junk" | "replay" | "skip">,
    a: number,
    b: number,
  ): AMessage {
    const name = at(this.#names(), a);
    const { relay, senderId } = name;
    const dhKey = at([lowOrder, generateKeyPair("X25519", this.#random).publicKey.key], b);
    const { publicKey } = generateKeyPair("Ed25519", this.#random);
    switch (kind) {
      case "text":
        return { type: "message", body: utf8Encode(`forged ${a}`) };
      case "hello":
        return { type: "hello" };
      case "receipts": {
        const receipts = [a % 9, b % 9, a].map((sharedId) => ({
          sharedId,
          hash: junk.slice(0, 32),
          info: junk,
        }));
        return { type: "receipts", receipts };
      }
      case "queueContinue":
        return { type: "queueContinue", queue: { relay, senderId } };
      case "queueAdd": {
        const fresh = b % 2 === 0 ? senderId : this.#random(24);
        const mode = (["messaging", "contact", undefined] as const)[a % 3];
        const uri = { clientVersions, relay, senderId: fresh, dhKey, mode };
        const { send } = recordOf(this.alice, this.toMallory);
        const replaced = send[b % (send.length + 1)];
        return {
          type: "queueAdd",
          queues: [[uri, replaced && { relay: replaced.relay, senderId: replaced.senderId }]],
        };
      }
      case "queueKey": {
        const info = { clientVersion: at([4, 1, 99], a), relay, senderId, dhKey, mode: "messaging" as const };
        return { type: "queueKey", queues: [[info, publicKey]] };
      }
      case "queueUse":
        return { type: "queueUse", queues: [[{ relay, senderId }, b % 2 === 0]] };
      case "queueTest":
        return { type: "queueTest", queues: [{ relay, senderId }] };
      case "queueEnd":
        return { type: "queueEnd", queues: [{ relay, senderId }] };
      case "ratchetReady":
        return { type: "ratchetReady", lastSharedId: a };
    }
  }

  /** Messages that wait at relays for Alice. */
  waiting(): number {
    let count = 0;
    for (const { receive } of [this.a, this.toMallory].map((id) => recordOf(this.alice, id))) {
      for (const { relay, recipientId } of receive) {
        const { store } = at(
          [...this.world.relays.values()].filter(
            ({ address }) => address.hosts[0]?.name === relay.hosts[0]?.name,
          ),
          0,
        );
        const queue = store.findQueue("recipient", recipientId);
        if (queue !== undefined) count += store.queueSize(queue);
      }
    }
    return count;
  }
}

const soonMs = 3_600_000;

it("whatever a peer says, in whatever order, all of it is taken, and neither the agent nor others suffer", async () => {
  const codes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 30 }), fc.nat(), async (steps, seed) => {
      const hostility = new Hostility(seed);
      const { world, alice, bob } = hostility;
      await hostility.connect();
      for (const one of steps) await hostility.take(one);
      await world.clock.advance(soonMs);
      expect(world.defects).toEqual([]);
      expect(hostility.waiting()).toBe(0);
      await alice.restart();
      expect(await exchange(world, [alice, hostility.a], [bob, hostility.b])).toEqual(["ok", "ok"]);
      const { skipped } = recordOf(alice, hostility.toMallory);
      expect(skipped).toBeLessThanOrEqual(skippedKeysMax);
      for (const { connection, fault } of alice.of("error")) {
        expect(connection).toBe(hostility.toMallory);
        codes.add(fault.code);
      }
    }),
    { numRuns: 5, seed: 1, endOnFailure: true },
  );
  for (const code of ["A_CRYPTO", "A_MESSAGE", "A_PROHIBITED", "A_QUEUE", "A_VERSION"])
    expect(codes).toContain(`AGENT ${code}`);
});
