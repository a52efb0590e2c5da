import { createAgent } from "../agent/agent.ts";
import type { Agent, AgentEvent, ConnectionId, ProfileId } from "../agent/api.ts";
import { AgentError } from "../agent/errors.ts";
import { smpNetwork } from "../agent/network/smp-network.ts";
import { utf8Decode, utf8Encode } from "../bytes/index.ts";
import type { Clock } from "../clock/clock.ts";
import { MemoryStore } from "../store/memory.ts";
import type { Transaction } from "../store/store.ts";
import type { Connect } from "../transport/doors.ts";
import type { Chance } from "./chance.ts";
import { type CrashChoice, CrashingStore, SimulatedCrash } from "./crashing-store.ts";
import type { EventLog } from "./event-log.ts";

const shownTable = "sim_shown";
const sentTable = "sim_sent";
const connectedTable = "sim_connected";

/** What a simulated agent is made with. */
export interface SimAgentOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly connect: Connect;
  readonly log: EventLog;
  /** Asked at each transaction of the store. */
  readonly crashChoice: () => CrashChoice;
  /** The process ended by itself. */
  readonly onCrash: () => void;
  readonly onDefect: (error: unknown) => void;
}

/**
 * An agent with the simplest application there is: it answers who wants to connect, and notes what it sent and
 * what it was shown in the agent's own store, as chat does.
 */
export class SimAgent {
  readonly name: string;
  readonly store = new MemoryStore();
  readonly #options: SimAgentOptions;
  #crashing: CrashingStore | undefined;
  #agent: Agent | undefined;

  constructor(options: SimAgentOptions) {
    this.#options = options;
    this.name = options.name;
  }

  get running(): boolean {
    return this.#agent !== undefined;
  }

  start(): void {
    if (this.#agent !== undefined) return;
    const { clock, chance, connect, crashChoice, log } = this.#options;
    const crashing = new CrashingStore(this.store, crashChoice);
    this.#crashing = crashing;
    const random = chance.bytes;
    const agent = createAgent({
      store: crashing,
      clock,
      random,
      network: smpNetwork(connect, { clock, random }),
      onDefect: (error) => this.#fail(error, crashing),
    });
    this.#agent = agent;
    log.add(this.name, "starts");
    this.#try(() => agent.start((event, transaction) => this.#handle(agent, event, transaction)));
  }

  /** Ends the process, at whatever it is. */
  crash(): void {
    const agent = this.#agent;
    if (agent === undefined) return;
    this.#agent = undefined;
    this.#crashing?.crash();
    this.#options.log.add(this.name, "crashes");
    void agent.stop();
  }

  #fail(error: unknown, crashing: CrashingStore): void {
    if (!(error instanceof SimulatedCrash)) {
      this.#options.onDefect(error);
      return;
    }
    if (this.#crashing !== crashing || this.#agent === undefined) return;
    this.crash();
    this.#options.onCrash();
  }

  /** Runs something that may end in the simulated end of the process, or be refused by the agent. */
  #try<T>(run: (agent: Agent) => T): T | undefined {
    const agent = this.#agent;
    const crashing = this.#crashing;
    if (agent === undefined || crashing === undefined) return undefined;
    try {
      return run(agent);
    } catch (error) {
      if (error instanceof AgentError) this.#options.log.add(this.name, `refuses: ${error.message}`);
      else this.#fail(error, crashing);
      return undefined;
    }
  }

  createProfile(relays: readonly string[], isPrivate: boolean): ProfileId {
    const settings = relays.map((address) => ({ address, receive: true, proxy: true }));
    const routing = isPrivate ? "unknownRelays" : "never";
    return this.#try((agent) => agent.createProfile(settings, { routing, fallback: "allow" })) ?? 1;
  }

  /** A new link, or undefined when it did not come about. */
  async createLink(
    kind: "invitation" | "contact",
    postQuantum: boolean,
    isShort: boolean,
  ): Promise<string | undefined> {
    const crashing = this.#crashing;
    try {
      const options = { postQuantum, ...(isShort ? { userData: utf8Encode(this.name) } : {}) };
      const agent = this.#agent;
      if (agent === undefined || crashing === undefined) return undefined;
      const made = await (kind === "invitation"
        ? agent.createInvitation(1, options)
        : agent.createAddress(1, options));
      return made.shortLink ?? made.fullLink;
    } catch (error) {
      if (!(error instanceof AgentError) && crashing !== undefined) this.#fail(error, crashing);
      return undefined;
    }
  }

  /** Joins by a link, short or full; undefined when it was not to be. */
  async join(link: string, postQuantum: boolean): Promise<ConnectionId | undefined> {
    const crashing = this.#crashing;
    try {
      const resolved = await this.#agent?.resolve(1, link);
      if (resolved === undefined) return undefined;
      return this.#try((agent) => agent.join(1, resolved.fullLink, utf8Encode(this.name), { postQuantum }));
    } catch (error) {
      if (!(error instanceof AgentError) && crashing !== undefined) this.#fail(error, crashing);
      return undefined;
    }
  }

  /** Sends the next text of a connection, and notes it in the same transaction. */
  send(connection: ConnectionId): void {
    this.#try((agent) =>
      this.#crashing?.transaction((transaction) => {
        const count = transaction.count(sentTable, { prefix: utf8Encode(connection) });
        const text = `PLAINTEXT of ${this.name} ${connection} ${count}`;
        agent.send(connection, utf8Encode(text), { transaction });
        transaction.put(sentTable, orderKey(connection, count), utf8Encode(text));
      }),
    );
  }

  do(what: "switch" | "resync" | "pqOff" | "pqOn", connection: ConnectionId): void {
    this.#options.log.add(this.name, `${what} ${connection}`);
    this.#try((agent) => {
      if (what === "switch") agent.switchRelay(connection);
      else if (what === "resync") agent.synchronizeRatchet(connection, true);
      else agent.setPostQuantum(connection, what === "pqOn");
    });
  }

  #handle(agent: Agent, event: AgentEvent, transaction: Transaction): void {
    const { log } = this.#options;
    switch (event.type) {
      case "message": {
        const text = utf8Decode(event.message.body);
        const count = transaction.count(shownTable, { prefix: utf8Encode(event.connection) });
        transaction.put(shownTable, orderKey(event.connection, count), event.message.body);
        log.add(this.name, `is shown: ${text} (${event.message.integrity.type})`);
        if (event.message.id % 5 === 0) agent.receipt(event.connection, event.message.id, transaction);
        break;
      }
      case "confirmation":
        agent.allow(event.connection, event.confirmation, utf8Encode(this.name), transaction);
        log.add(this.name, `allows ${event.connection}`);
        break;
      case "request":
        log.add(
          this.name,
          `accepts as ${agent.accept(event.request, utf8Encode(this.name), {}, transaction)}`,
        );
        break;
      case "connected":
        transaction.put(connectedTable, utf8Encode(event.connection), new Uint8Array(0));
        log.add(this.name, `connected ${event.connection}`);
        break;
      case "error":
        log.add(this.name, `error ${event.connection}: ${event.fault.code} ${event.fault.detail}`);
        break;
      case "failed":
        log.add(this.name, `failed ${event.connection}: ${event.ids.join()} ${event.fault.code}`);
        break;
      case "switch":
      case "ratchetSync":
        log.add(
          this.name,
          `${event.type} ${event.connection}: ${event.type === "switch" ? `${event.direction} ${event.phase}` : event.state}`,
        );
        break;
      default:
        break;
    }
  }

  /** Connections that are established, as this side knows. */
  connected(): readonly ConnectionId[] {
    return this.store.transaction((transaction) =>
      transaction.range(connectedTable).map(({ key }) => utf8Decode(key) as ConnectionId),
    );
  }

  /** The texts sent or shown for a connection, in order. */
  texts(which: "sent" | "shown", connection: ConnectionId): readonly string[] {
    const table = which === "sent" ? sentTable : shownTable;
    return this.store.transaction((transaction) =>
      transaction.range(table, { prefix: utf8Encode(connection) }).map(({ value }) => utf8Decode(value)),
    );
  }

  /** The state of a connection for the report of a failure. */
  describe(connection: ConnectionId): string {
    return JSON.stringify(this.#try((agent) => agent.status(connection)));
  }
}

const digits = 8;

function orderKey(connection: ConnectionId, count: number): Uint8Array {
  return utf8Encode(`${connection} ${String(count).padStart(digits, "0")}`);
}
