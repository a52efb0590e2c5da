import { createAgent } from "../agent/agent.ts";
import type { Agent } from "../agent/api.ts";
import { smpNetwork } from "../agent/network/smp-network.ts";
import { tables } from "../agent/state/tables.ts";
import type { Clock } from "../clock/clock.ts";
import type { Random } from "../crypto/random.ts";
import { since, smpVersions } from "../smp/version.ts";
import { StoreError } from "../store/errors.ts";
import type { MemoryStore } from "../store/memory.ts";
import { CrashStore } from "./crash-store.ts";
import { describeError } from "./journal.ts";
import { MachineClock } from "./machine-clock.ts";
import type { PlantedFault } from "./settings.ts";
import type { SimAgent } from "./sim-agent.ts";
import type { Caller } from "./sim-network.ts";
import type { World } from "./world.ts";

/** An agent's process: it lives until it is stopped or crashes, and its store outlives it. */
export class AgentInstance implements Caller {
  readonly agent: Agent;
  readonly store: CrashStore;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly #owner: SimAgent;
  readonly #clock: MachineClock;
  readonly #end: () => void;
  /** Calls of store, network and random source until it crashes. */
  #momentsLeft: number | undefined;
  #running = true;

  constructor(world: World, owner: SimAgent, disk: MemoryStore) {
    const { base, network, journal, settings } = world;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
    this.#owner = owner;
    this.#clock = new MachineClock(base, owner.wall);
    const losesTable = settings.planted === "acknowledged early" ? tables.received.name : undefined;
    this.store = new CrashStore(disk, () => this.moment(), losesTable);
    const random = this.#random(settings.planted);
    const clock = settings.planted === "wake-up lost" ? withoutWakeUps(this.#clock) : this.#clock;
    const versions = { min: smpVersions.min, max: owner.settings.smpVersionMax };
    this.agent = createAgent({
      store: this.store,
      clock,
      random,
      network: smpNetwork(network.connectFrom(this), { clock: this.#clock, random, versions }),
      onDefect: (error) => {
        if (this.#running && !isFull(error))
          journal.problem(this.name, `has a defect: ${describeError(error)}`);
      },
    });
  }

  get name(): string {
    return this.#owner.name;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Without encrypted blocks, only TLS will do. */
  get tlsOnly(): boolean {
    return this.#owner.settings.smpVersionMax < since.encryptedBlocks;
  }

  get online(): boolean {
    return this.#owner.online;
  }

  /** Crashes after so many moments, or not. */
  crashAfter(moments: number | undefined): void {
    this.#momentsLeft = moments;
  }

  /** A moment at which it may crash. @returns whether it has crashed */
  moment(): boolean {
    if (this.#running && this.#momentsLeft !== undefined && --this.#momentsLeft <= 0) this.#owner.crash();
    return !this.#running;
  }

  /** From now on it can do nothing that anybody else would notice. */
  end(): void {
    this.#running = false;
    this.#clock.stop();
    this.#end();
  }

  #random(planted: PlantedFault | undefined): Random {
    const { bytes } = this.#owner.dice;
    const repeated = planted === "random repeats" ? bytes(32) : undefined;
    return (length) => {
      this.moment();
      return repeated?.length === length ? repeated.slice() : bytes(length);
    };
  }
}

/** Whether it comes of a disk that is full. */
export function isFull(error: unknown): boolean {
  return error instanceof StoreError && error.code === "full";
}

const lostFromMs = 1_000;

/** A fault to be found: long waits never end. */
function withoutWakeUps(clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, callback) => (delayMs >= lostFromMs ? () => undefined : clock.after(delayMs, callback)),
  };
}
