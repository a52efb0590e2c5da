import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../relay/testing/port.ts";
import {
  type RelayProcess,
  type RuntimeName,
  startRelayProcess,
  temporaryFolder,
} from "../../relay/testing/process.ts";
import { base64urlEncode } from "../bytes/index.ts";
import { reproducible } from "../testing/fuzz.ts";
import { AgentChild, type Told } from "./testing/agent-child.ts";

/** A relay in a process of its own, which keeps its port when it is killed and started again. */
class RelayChild {
  readonly #runtime: RuntimeName;
  readonly #door: "tls" | "web";
  readonly #folder: string;
  #process: RelayProcess | undefined;
  #port: number | undefined;

  constructor(runtime: RuntimeName, door: "tls" | "web", folder: string) {
    this.#runtime = runtime;
    this.#door = door;
    this.#folder = folder;
  }

  /** @returns its address */
  async start(): Promise<string> {
    this.#port ??= await freePort();
    const flags = ["--new-queues-per-minute", "0", "--doors", this.#door];
    flags.push(`--${this.#door}-port`, String(this.#port));
    this.#process = await startRelayProcess(this.#runtime, this.#folder, flags);
    return `smp://${base64urlEncode(this.#process.keyHash)}@127.0.0.1:${this.#port}`;
  }

  async kill(): Promise<void> {
    this.#process?.child.kill("SIGKILL");
    await this.#process?.exited;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }
}

const { path, remove } = temporaryFolder();
const relays = [
  new RelayChild("node", "tls", `${path}/relay-tls`),
  new RelayChild("deno", "web", `${path}/relay-web`),
];
const doors = ["tls", "web"];
let addresses: readonly string[] = [];
const agents: AgentChild[] = [];

beforeAll(async () => {
  addresses = await Promise.all(relays.map((relay) => relay.start()));
});
afterAll(async () => {
  await Promise.all([...relays, ...agents].map((one) => one.kill()));
  remove();
});

/** Two agents, neither of which runs. Alice makes links, Bob joins by them. */
function newPair(): readonly [alice: AgentChild, bob: AgentChild] {
  const create = () => new AgentChild(`${path}/agent-${agents.length}`, addresses);
  const alice = create();
  agents.push(alice);
  const bob = create();
  agents.push(bob);
  return [alice, bob];
}

/** Every kind of link at every relay, by the name of the connection that comes of it. */
const kinds = ["invite", "address"] as const;
const connections = kinds.flatMap((kind) =>
  doors.map((door, relay) => ({ kind, relay, name: `${kind}_${door}` })),
);
const names = connections.map(({ name }) => name);

/** Whose turn it is to do the next step of a connection, alone if need be, and what they are told when it is done. */
const steps = [
  { whose: "bob", done: { invite: "joined", address: "joined" } },
  { whose: "alice", done: { invite: "connected", address: "joined" } },
  { whose: "bob", done: { invite: "connected", address: "connected" } },
  { whose: "alice", done: { invite: "connected", address: "connected" } },
] as const;

/** Waits until an agent was told this of each of these connections. */
function told(agent: AgentChild, due: readonly Told[]): Promise<void> {
  return agent.until(() =>
    due.every(({ type, name }) => agent.told.some((one) => one.type === type && one.name === name)),
  );
}

const allConnected = names.map((name): Told => ({ type: "connected", name }));

/**
 * Connects Alice and Bob by every kind of link. Each does the first steps while the other does not run; after
 * `alone` steps both run.
 */
async function establish(alice: AgentChild, bob: AgentChild, alone: number): Promise<void> {
  alice.start();
  const links = await Promise.all(
    connections.map(async ({ kind, relay }) => String(await alice.ask({ do: kind, relay }))),
  );
  if (alone > 0) await alice.kill();
  const joining = connections.map(({ relay, name }, i) =>
    bob.ask({ do: "join", relay, name, link: links[i] ?? "" }),
  );
  for (const { whose, done } of steps.slice(0, alone)) {
    const agent = whose === "alice" ? alice : bob;
    agent.start();
    await told(
      agent,
      connections.map(({ kind, name }) => ({ type: done[kind], name })),
    );
    await agent.kill();
  }
  for (const agent of [alice, bob]) if (!agent.isRunning) agent.start();
  await Promise.all([...joining, told(alice, allConnected), told(bob, allConnected)]);
}

/** Sends so that there are `upTo` messages in all, each way in each connection. */
async function send(pair: readonly AgentChild[], upTo: number): Promise<void> {
  await Promise.all(pair.flatMap((agent) => names.map((name) => agent.ask({ do: "send", name, upTo }))));
}

/** Waits until `count` messages are shown each way in each connection; they have to be exactly those that were sent. */
async function expectShown(pair: readonly AgentChild[], count: number): Promise<void> {
  const texts = Array.from({ length: count }, (_, i) => String(i));
  for (const agent of pair) {
    for (const name of names) {
      await agent.until(() => agent.shown.get(name) === count);
      expect(await agent.ask({ do: "shown", name })).toEqual(texts);
    }
  }
  expect(pair.flatMap(({ complaints }) => complaints)).toEqual([]);
}

describe("two agents and two relays in processes of their own, one with a TLS door and one with a WebSocket door", () => {
  it.each([
    ["both run from the start", 0],
    ["the joiner has joined while the inviter was away", 1],
    ["the inviter has answered while the joiner was away", 2],
    ["the joiner has gone on while the inviter was away again", 3],
    ["they never run at the same time until both are connected", 4],
  ])("connect by invitations and by addresses when %s", async (_, alone) => {
    const [alice, bob] = newPair();
    await establish(alice, bob, alone);
    await send([alice, bob], 3);
    await expectShown([alice, bob], 3);
    await Promise.all([alice.kill(), bob.kill()]);
  });

  /** Messages each way in each connection: with two connections at a relay, 1,000 each way over each door. */
  const count = 500;
  const rounds = 20;
  it("exchange 1,000 messages each way over each door while all are killed at random: nothing is lost, nothing comes twice", {
    timeout: 600_000,
  }, async () => {
    const pair = newPair();
    await establish(...pair, 0);
    const next = reproducible(5);
    const victims = [...pair, ...relays];
    const shown = () => pair.flatMap((agent) => [...agent.shown.values()]).reduce((sum, one) => sum + one, 0);
    for (let round = 0; round < rounds; round++) {
      const upTo = (count / rounds) * (round + 1);
      const sending = send(pair, upTo);
      // Some part of this round's messages has come, others are on the way.
      const due = 2 * names.length * (upTo - (next() % (count / rounds)));
      await Promise.race(pair.map((agent) => agent.until(() => shown() >= due)));
      await victims[next() % victims.length]?.restart();
      await sending;
    }
    await expectShown(pair, count);
    for (const agent of pair)
      for (const name of names) expect(await agent.ask({ do: "pending", name })).toBe(0);
  });
});
