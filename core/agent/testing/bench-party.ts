import { utf8Encode } from "../../bytes/index.ts";
import { systemClock } from "../../clock/system.ts";
import { systemRandom } from "../../crypto/random.ts";
import type { Store } from "../../store/store.ts";
import { nodeConnect } from "../../transport/node/connect.ts";
import { createAgent } from "../agent.ts";
import type { Agent, AgentEvent, ConnectionId } from "../api.ts";
import type { NetworkFactory } from "../network/network.ts";
import { smpNetwork } from "../network/smp-network.ts";

/** What is sent in the measurements: 200 bytes. */
export const body = utf8Encode("x".repeat(200));

/** Counts what an agent is told, and wakes those who wait for a number of it. */
export class Counter {
  #count = 0;
  #waiting: { readonly due: number; readonly wake: () => void }[] = [];

  add(more = 1): void {
    this.#count += more;
    for (const one of this.#waiting.filter(({ due }) => due <= this.#count)) one.wake();
    this.#waiting = this.#waiting.filter(({ due }) => due > this.#count);
  }

  /** Resolves when `more` have come since now. */
  next(more: number): Promise<void> {
    return new Promise((wake) => this.#waiting.push({ due: this.#count + more, wake }));
  }
}

/** An agent that is measured. */
export interface Party {
  readonly agent: Agent;
  readonly store: Store;
  readonly shown: Counter;
  readonly connected: Counter;
  /** Connections of which was told that they can be received from. */
  readonly up: Counter;
}

/** Real sessions with relays. */
export function realNetwork(): NetworkFactory {
  return smpNetwork(nodeConnect({ nowMs: () => systemClock.nowMs() }), {
    clock: systemClock,
    random: systemRandom,
  });
}

export function party(store: Store): Party {
  const agent = createAgent({
    store,
    clock: systemClock,
    random: systemRandom,
    network: realNetwork(),
    defer: setImmediate,
  });
  return { agent, store, shown: new Counter(), connected: new Counter(), up: new Counter() };
}

/** A party with a profile at one relay, started. */
export function newParty(store: Store, relay: string): Party {
  const made = party(store);
  made.agent.createProfile([{ address: relay, receive: true, proxy: false }], {
    routing: "never",
    fallback: "allow",
  });
  start(made);
  return made;
}

export function start({ agent, shown, connected, up }: Party): void {
  agent.start((event: AgentEvent, transaction) => {
    if (event.type === "confirmation") agent.allow(event.connection, event.confirmation, body, transaction);
    else if (event.type === "connected") connected.add();
    else if (event.type === "message") shown.add();
    else if (event.type === "up") up.add(event.connections.length);
    else if (event.type === "error" || event.type === "failed")
      throw new Error(`${event.type}: ${event.fault.code} ${event.fault.detail}`);
  });
}

/** The two ends of a connection. */
export type Pair = readonly [alice: ConnectionId, bob: ConnectionId];

/** Connects by an invitation of Alice. */
export async function connect(alice: Party, bob: Party): Promise<Pair> {
  const both = Promise.all([alice.connected.next(1), bob.connected.next(1)]);
  const { connection, fullLink } = await alice.agent.createInvitation(1);
  const joined = bob.agent.join(1, fullLink, body);
  await both;
  return [connection, joined];
}

/** A message to everybody, as a group chat sends one: in one transaction. */
export function sendToAll({ agent, store }: Party, connections: readonly ConnectionId[]): void {
  store.transaction((transaction) => {
    for (const connection of connections) agent.send(connection, body, { transaction });
  });
}

export async function elapsedMs(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

/** Resolves when relays have all messages of these connections. */
export async function allSent({ agent, store }: Party, connections: readonly ConnectionId[]): Promise<void> {
  const isSent = () =>
    store.transaction((tx) => connections.every((connection) => agent.status(connection, tx).pending === 0));
  while (!isSent()) await new Promise((resolve) => systemClock.after(50, () => resolve(undefined)));
}
