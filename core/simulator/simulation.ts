import type { ConnectionId } from "../agent/api.ts";
import { tables } from "../agent/state/tables.ts";
import { hexEncode, utf8Encode } from "../bytes/index.ts";
import { VirtualClock } from "../clock/virtual.ts";
import type { Connect } from "../transport/doors.ts";
import { TransportError } from "../transport/errors.ts";
import { memoryLink } from "../transport/memory.ts";
import { Chance } from "./chance.ts";
import type { CrashChoice } from "./crashing-store.ts";
import { EventLog } from "./event-log.ts";
import { SimAgent } from "./sim-agent.ts";
import { SimRelay } from "./sim-relay.ts";

/** How a simulation went. */
export interface SimulationResult {
  readonly seed: number;
  /** What should not have been; none is good. */
  readonly problems: readonly string[];
  readonly log: readonly string[];
  /** Messages shown in all, and virtual time that passed in milliseconds. */
  readonly messages: number;
  readonly virtualMs: number;
}

const minute = 60_000;
const hour = 60 * minute;
const marker = utf8Encode("PLAINTEXT");

interface Pair {
  readonly a: SimAgent;
  readonly b: SimAgent;
}

/** One run of a network, as its seed decides: a time of faults, then a time in which all has to come right. */
class Simulation {
  readonly seed: number;
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  readonly log = new EventLog(this.clock);
  readonly problems: string[] = [];
  readonly #chance: Chance;
  readonly #network: Chance;
  readonly #crashes: Chance;
  readonly #relays: SimRelay[] = [];
  readonly #agents: SimAgent[] = [];
  #faults = true;
  #crashProbability = 0;
  #connections = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.#chance = new Chance(seed);
    this.#network = this.#chance.fork();
    this.#crashes = this.#chance.fork();
  }

  async run(): Promise<SimulationResult> {
    const chance = this.#chance;
    this.#build();
    const steps = chance.between(30, 80);
    for (let step = 0; step < steps; step++) {
      this.#act();
      await this.clock.advance(chance.pick([0, 1, 5, 20, 200, 2_000, 20_000]) ?? 0);
    }
    await this.#heal();
    this.#check();
    for (const agent of this.#agents) agent.crash();
    return {
      seed: this.seed,
      problems: this.problems,
      log: this.log.lines,
      messages: this.#shownCount(),
      virtualMs: this.clock.monotonicMs(),
    };
  }

  #problem(text: string): void {
    if (!this.problems.includes(text)) this.problems.push(text);
    this.log.add("PROBLEM", text);
  }

  readonly #defect = (error: unknown): void => {
    this.#problem(`defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };

  #build(): void {
    const chance = this.#chance;
    const queueQuota = chance.pick([3, 10, 128]) ?? 128;
    const relayCount = chance.between(1, 4);
    for (let i = 0; i < relayCount; i++) {
      this.#relays.push(
        new SimRelay({
          host: `relay${i}.test`,
          clock: this.clock,
          chance: chance.fork(),
          queueQuota,
          witness: (host, _queue, { body }) => this.#lookAt(host, body),
          onError: this.#defect,
        }),
      );
    }
    this.#crashProbability = chance.pick([0, 0, 0.002, 0.02]) ?? 0;
    const agentCount = chance.between(2, 4);
    for (let i = 0; i < agentCount; i++) this.#addAgent(`agent${i}`);
  }

  #addAgent(name: string): void {
    const chance = this.#chance;
    const agent: SimAgent = new SimAgent({
      name,
      clock: this.clock,
      chance: chance.fork(),
      connect: this.#connect,
      log: this.log,
      crashChoice: () => this.#crashChoice(),
      onCrash: () => this.#startLater(agent),
      onDefect: this.#defect,
    });
    this.#agents.push(agent);
    const faults = this.#faults;
    this.#faults = false;
    agent.start();
    const own = this.#relays.filter((_, i) => i === 0 || chance.happens(0.7)).map(({ text }) => text);
    agent.createProfile(own, chance.happens(0.3));
    this.#faults = faults;
  }

  #crashChoice(): CrashChoice {
    if (!this.#faults || !this.#crashes.happens(this.#crashProbability)) return "none";
    return this.#crashes.happens(0.5) ? "before" : "after";
  }

  #startLater(agent: SimAgent): void {
    this.clock.after(this.#crashes.between(1, 30_000), () => agent.start());
  }

  readonly #connect: Connect = async ({ hosts }) => {
    const relay = this.#relays.find(({ host }) => host === hosts[0]?.name);
    const chance = this.#network;
    if (relay === undefined || !relay.up || (this.#faults && chance.happens(0.05))) {
      throw new TransportError("network", "cannot connect: relay is not there");
    }
    const slow = chance.pick([2, 20, 300]) ?? 2;
    const link = memoryLink({
      clock: this.clock,
      sessionId: chance.bytes(32),
      latencyMs: () => chance.between(1, slow),
    });
    relay.accept(link);
    return link.client;
  };

  /** Relays must never see what agents say. */
  #lookAt(host: string, body: Uint8Array): void {
    for (let i = 0; i + marker.length <= body.length; i++) {
      if (body[i] === marker[0] && marker.every((byte, j) => body[i + j] === byte))
        this.#problem(`${host} has seen a plaintext`);
    }
  }

  #act(): void {
    const chance = this.#chance;
    const agent = chance.pick(this.#agents);
    const relay = chance.pick(this.#relays);
    if (agent === undefined || relay === undefined) return;
    const roll = chance.below(100);
    if (this.#connections < 2 || roll < 6) this.#meet();
    else if (roll < 60) this.#talk(agent, chance.between(1, 6));
    else if (roll < 68) relay.cut();
    else if (roll < 73) this.#relayDown(relay);
    else if (roll < 82) this.#crash(agent);
    else if (roll < 88) this.#withConnection(agent, (connection) => agent.do("switch", connection));
    else if (roll < 91) this.#withConnection(agent, (connection) => agent.do("resync", connection));
    else if (roll < 93)
      this.#withConnection(agent, (connection) =>
        agent.do(chance.happens(0.5) ? "pqOff" : "pqOn", connection),
      );
    else if (roll < 95) this.clock.jump(chance.between(-2 * hour, 2 * hour));
    else for (const link of relay.links) if (chance.happens(0.5)) link.cut();
  }

  #withConnection(agent: SimAgent, run: (connection: ConnectionId) => void): void {
    const connection = this.#chance.pick(agent.connected());
    if (agent.running && connection !== undefined) run(connection);
  }

  #talk(agent: SimAgent, count: number): void {
    this.#withConnection(agent, (connection) => {
      for (let i = 0; i < count; i++) agent.send(connection);
    });
  }

  #crash(agent: SimAgent): void {
    if (!agent.running) return;
    agent.crash();
    this.#startLater(agent);
  }

  #relayDown(relay: SimRelay): void {
    this.log.add(relay.host, "goes down");
    relay.down();
    this.clock.after(this.#chance.between(1, 10 * minute), () => {
      this.log.add(relay.host, "comes back");
      relay.restart();
    });
  }

  /** Two agents begin to connect, by an invitation or by an address, short or long. */
  #meet(): void {
    const chance = this.#chance;
    const pair = this.#pair();
    if (pair === undefined) return;
    const kind = chance.happens(0.6) ? "invitation" : "contact";
    const postQuantum = chance.happens(0.3);
    const isShort = chance.happens(0.3);
    this.#connections++;
    void this.#introduce(pair, kind, postQuantum, isShort);
  }

  #pair(): Pair | undefined {
    const a = this.#chance.pick(this.#agents);
    const b = this.#chance.pick(this.#agents.filter((one) => one !== a));
    return a === undefined || b === undefined ? undefined : { a, b };
  }

  async #introduce(
    { a, b }: Pair,
    kind: "invitation" | "contact",
    postQuantum: boolean,
    isShort: boolean,
  ): Promise<void> {
    const link = await a.createLink(kind, postQuantum, isShort);
    if (link === undefined) return;
    this.log.add(a.name, `made a link for ${b.name}`);
    const connection = await b.join(link, postQuantum);
    if (connection !== undefined) this.log.add(b.name, `joins as ${connection}`);
  }

  /** Faults end, all come back, and time passes until nothing is left to do. */
  async #heal(): Promise<void> {
    this.#faults = false;
    this.log.add("network", "heals");
    for (const relay of this.#relays) if (!relay.up) relay.restart();
    for (let round = 0; round < 12; round++) {
      for (const agent of this.#agents) agent.start();
      await this.clock.advance(hour);
      if (this.#agents.every((agent) => this.#isQuiet(agent))) return;
    }
    for (const agent of this.#agents) {
      if (!this.#isQuiet(agent)) this.#problem(`${agent.name} has work left: ${this.#leftOf(agent)}`);
    }
  }

  #isQuiet(agent: SimAgent): boolean {
    return agent.running && this.#leftOf(agent) === "";
  }

  /** What an agent has not done yet. A conversation that nobody has answered yet may wait for ever. */
  #leftOf(agent: SimAgent): string {
    return agent.store.transaction((transaction) => {
      const outbox = tables.outbox
        .range(transaction)
        .map(({ key, value }) => `${value.kind} of ${key.connection}`);
      const tasks = tables.tasks
        .range(transaction)
        .map(({ value }) => `${value.task.type} of ${value.connection}`);
      return [...outbox, ...tasks].join(", ");
    });
  }

  #check(): void {
    const ends = this.#agents.flatMap((agent) =>
      agent.connected().map((connection) => ({ agent, connection })),
    );
    const shownBy = new Map<string, readonly string[]>();
    for (const { agent, connection } of ends) {
      for (const text of agent.texts("shown", connection)) {
        const source = text.split(" ").slice(0, 4).join(" ");
        const list = shownBy.get(source) ?? [];
        shownBy.set(source, [...list, text]);
      }
    }
    for (const { agent, connection } of ends) {
      const sent = agent.texts("sent", connection);
      const shown = shownBy.get(`PLAINTEXT of ${agent.name} ${connection}`) ?? [];
      this.#compare(agent, connection, sent, shown);
    }
    this.#checkUnique();
  }

  #compare(
    agent: SimAgent,
    connection: ConnectionId,
    sent: readonly string[],
    shown: readonly string[],
  ): void {
    const doubled = shown.filter((text, i) => shown.indexOf(text) !== i);
    const missing = sent.filter((text) => !shown.includes(text));
    const alien = shown.filter((text) => !sent.includes(text));
    if (doubled.length > 0) this.#problem(`shown twice: ${doubled.join("; ")}`);
    if (missing.length > 0)
      this.#problem(`never shown: ${missing.join("; ")} (${agent.describe(connection)})`);
    if (alien.length > 0) this.#problem(`never sent: ${alien.join("; ")}`);
    if (doubled.length + missing.length + alien.length === 0 && shown.some((text, i) => text !== sent[i])) {
      this.#problem(`out of order: ${shown.join("; ")}`);
    }
  }

  /** No two queues share a key or an id. */
  #checkUnique(): void {
    const seen = new Map<string, string>();
    const note = (what: string, bytes: Uint8Array, where: string) => {
      const key = `${what} ${hexEncode(bytes)}`;
      const before = seen.get(key);
      if (before !== undefined && before !== where)
        this.#problem(`${what} is shared by ${before} and ${where}`);
      seen.set(key, where);
    };
    for (const agent of this.#agents) {
      const rows = agent.store.transaction((transaction) => tables.connections.range(transaction));
      for (const { key, value } of rows) {
        for (const queue of value.receive) {
          const where = `${agent.name} ${key} receives on ${queue.id}`;
          note("recipient id", queue.recipientId, where);
          note("authorisation key", queue.authKey.key, where);
          note("queue key", queue.privateKey, where);
          note("delivery secret", queue.deliverySecret, where);
        }
        for (const queue of value.send) {
          const where = `${agent.name} ${key} sends to ${queue.id}`;
          note("sender id", queue.senderId, where);
          note("authorisation key", queue.authKey.key, where);
          note("sender's queue key", queue.publicKey, where);
        }
      }
    }
  }

  #shownCount(): number {
    let count = 0;
    for (const agent of this.#agents)
      for (const connection of agent.connected()) count += agent.texts("shown", connection).length;
    return count;
  }
}

/** Runs the network of a seed. The same seed gives the same run, to the last byte. */
export function simulate(seed: number): Promise<SimulationResult> {
  return new Simulation(seed).run();
}
