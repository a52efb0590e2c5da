import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { startRelayProcess, temporaryFolder } from "../../relay/testing/process.ts";
import { base64urlEncode, utf8Encode } from "../bytes/index.ts";
import { systemClock } from "../clock/system.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  acceptRatchet,
  decrypt,
  e2eParamsOfVersion,
  encrypt,
  invitationKeys,
  joinRatchet,
  noSkippedKeys,
  type RatchetState,
} from "../ratchet/ratchet.ts";
import { MemoryStore } from "../store/memory.ts";
import { openStore } from "../store/sqlite/open.ts";
import type { Store } from "../store/store.ts";
import { type Bench, type Figure, median, medianMicroseconds } from "../testing/bench.ts";
import { nodeConnect } from "../transport/node/connect.ts";
import { createAgent } from "./agent.ts";
import type { Agent, AgentEvent, ConnectionId } from "./api.ts";
import { messagePaddedLength } from "./messages/lengths.ts";
import { smpNetwork } from "./network/smp-network.ts";

type Report = (figure: Figure) => void;

const pairs = 100;
const messagesOneConnection = 1_000;
const messagesAllConnections = 3_000;
const latencyRounds = 100;
const catchUpConnections = 100;
const catchUpMessages = 5_000;
const sizeMessages = 2_000;
const body = utf8Encode("x".repeat(200));

/** Counts what an agent is told, and wakes those who wait for a number of it. */
class Counter {
  #count = 0;
  #waiting: { readonly due: number; readonly wake: () => void }[] = [];

  add(): void {
    this.#count++;
    for (const one of this.#waiting.filter(({ due }) => due <= this.#count)) one.wake();
    this.#waiting = this.#waiting.filter(({ due }) => due > this.#count);
  }

  /** Resolves when `more` have come since now. */
  next(more: number): Promise<void> {
    return new Promise((wake) => this.#waiting.push({ due: this.#count + more, wake }));
  }
}

interface Party {
  readonly agent: Agent;
  readonly store: Store;
  readonly shown: Counter;
  readonly connected: Counter;
}

function party(store: Store): Party {
  const clock = systemClock;
  const random = systemRandom;
  const network = smpNetwork(nodeConnect({ nowMs: () => Date.now() }), { clock, random });
  const agent = createAgent({ store, clock, random, network, defer: setImmediate });
  const made = { agent, store, shown: new Counter(), connected: new Counter() };
  return made;
}

function start({ agent, shown, connected }: Party): void {
  agent.start((event: AgentEvent, transaction) => {
    if (event.type === "confirmation") agent.allow(event.connection, event.confirmation, body, transaction);
    else if (event.type === "connected") connected.add();
    else if (event.type === "message") shown.add();
  });
}

async function connect(alice: Party, bob: Party): Promise<readonly [ConnectionId, ConnectionId]> {
  const both = Promise.all([alice.connected.next(1), bob.connected.next(1)]);
  const { connection, fullLink } = await alice.agent.createInvitation(1);
  const joined = bob.agent.join(1, fullLink, body);
  await both;
  return [connection, joined];
}

const elapsedMs = async (run: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
};

function ratchetPair(pq: boolean): { readonly sender: RatchetState; readonly recipient: RatchetState } {
  const { keys, params } = invitationKeys(systemRandom, pq);
  const joined = joinRatchet(systemRandom, e2eParamsOfVersion(params, params.versions.max), pq);
  return { sender: joined.state, recipient: acceptRatchet(keys, joined.params, pq) };
}

function benchRatchet(report: Report): void {
  for (const pq of [false, true]) {
    let { sender, recipient } = ratchetPair(pq);
    const paddedLength = messagePaddedLength(7, pq);
    const value = medianMicroseconds(() => {
      const { state, message } = encrypt(sender, body, paddedLength);
      sender = state;
      recipient = decrypt(recipient, noSkippedKeys, message, systemRandom).state;
    });
    report({
      name: pq ? "encrypt-decrypt-pq" : "encrypt-decrypt",
      value,
      unit: "us",
      note: "one chain, no ratchet step",
    });
  }
}

async function benchDelivery(report: Report, alice: Party, bob: Party): Promise<void> {
  await connect(alice, bob);
  const times: number[] = [];
  const connections: (readonly [ConnectionId, ConnectionId])[] = [];
  for (let i = 0; i < pairs; i++)
    times.push(await elapsedMs(async () => connections.push(await connect(alice, bob))));
  report({
    name: "connect",
    value: median(times),
    unit: "ms",
    note: "invitation made, joined and connected on both sides",
  });
  const [first] = connections;
  if (first === undefined) return;
  const [a] = first;

  const latencies: number[] = [];
  for (let i = 0; i < latencyRounds; i++) {
    latencies.push(
      await elapsedMs(() => {
        const shown = bob.shown.next(1);
        alice.agent.send(a, body);
        return shown;
      }),
    );
  }
  report({ name: "latency-one-message", value: median(latencies), unit: "ms" });

  const oneMs = await elapsedMs(() => {
    const shown = bob.shown.next(messagesOneConnection);
    for (let i = 0; i < messagesOneConnection; i++) alice.agent.send(a, body);
    return shown;
  });
  report({
    name: "messages-per-second-one-connection",
    value: (messagesOneConnection * 1000) / oneMs,
    unit: "1/s",
  });

  const allMs = await elapsedMs(() => {
    const shown = bob.shown.next(messagesAllConnections);
    for (let i = 0; i < messagesAllConnections; i += pairs) sendToAll(alice, connections);
    return shown;
  });
  report({
    name: "messages-per-second-100-connections",
    value: (messagesAllConnections * 1000) / allMs,
    unit: "1/s",
  });

  await benchCatchUp(report, alice, bob, connections);
}

/** A message to everybody, as a group chat sends one: in one transaction. */
function sendToAll(
  { agent, store }: Party,
  connections: readonly (readonly [ConnectionId, ConnectionId])[],
): void {
  store.transaction((transaction) => {
    for (const [connection] of connections) agent.send(connection, body, { transaction });
  });
}

async function benchCatchUp(
  report: Report,
  alice: Party,
  bob: Party,
  connections: readonly (readonly [ConnectionId, ConnectionId])[],
): Promise<void> {
  await bob.agent.stop();
  const perConnection = catchUpMessages / catchUpConnections;
  for (let i = 0; i < perConnection; i++) sendToAll(alice, connections);
  await waitUntil(() => connections.every(([a]) => alice.agent.status(a).pending === 0));
  const again = party(bob.store);
  const ms = await elapsedMs(() => {
    const shown = again.shown.next(catchUpMessages);
    start(again);
    return shown;
  });
  report({
    name: "catch-up-per-second",
    value: (catchUpMessages * 1000) / ms,
    unit: "1/s",
    note: `${catchUpMessages} messages that wait on ${catchUpConnections} connections, from the start on`,
  });
  await again.agent.stop();
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => systemClock.after(20, () => resolve(undefined)));
}

/** What a store of many connections takes to open, and what a message leaves behind. */
async function benchStore(report: Report, relay: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { store } = openStore({ folder, witnessFolder: `${folder}-witness` });
  const alice = party(store);
  const bob = party(new MemoryStore());
  for (const { agent } of [alice, bob])
    agent.createProfile([{ address: relay, receive: true, proxy: false }], {
      routing: "never",
      fallback: "allow",
    });
  start(alice);
  start(bob);
  const [a] = await connect(alice, bob);
  const size = () => statSync(join(folder, "store.db")).size;
  const before = size();
  const shown = bob.shown.next(sizeMessages);
  for (let i = 0; i < sizeMessages; i++) alice.agent.send(a, body);
  await shown;
  await waitUntil(() => alice.agent.status(a).pending === 0);
  report({
    name: "store-size-per-message",
    value: Math.max(0, size() - before) / sizeMessages,
    unit: "B",
    note: "sent and delivered; without what the application keeps",
  });
  await alice.agent.stop();
  await bob.agent.stop();
  store.close();
}

export const bench: Bench = async (report) => {
  benchRatchet(report);
  const { path, remove } = temporaryFolder();
  const relay = await startRelayProcess("node", join(path, "relay"), ["--new-queues-per-minute", "0"]);
  const address = `smp://${base64urlEncode(relay.keyHash)}@127.0.0.1:${relay.ports.get("tls") ?? 0}`;
  const open = (name: string) =>
    openStore({ folder: join(path, name), witnessFolder: join(path, `${name}-witness`) }).store;
  try {
    const alice = party(open("alice"));
    const bob = party(open("bob"));
    for (const { agent } of [alice, bob])
      agent.createProfile([{ address, receive: true, proxy: false }], {
        routing: "never",
        fallback: "allow",
      });
    start(alice);
    start(bob);
    await benchDelivery(report, alice, bob);
    await alice.agent.stop();
    await benchStore(report, address, join(path, "size"));
  } finally {
    relay.child.kill("SIGKILL");
    await relay.exited;
    remove();
  }
};
