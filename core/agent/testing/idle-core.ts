import type { Clock } from "../../clock/clock.ts";
import { VirtualClock } from "../../clock/virtual.ts";
import { systemRandom } from "../../crypto/random.ts";
import { MemoryStore } from "../../store/memory.ts";
import type { ConnectionId } from "../api.ts";
import type { CleanUpStep } from "../clean-up.ts";
import { AgentCore } from "../core.ts";
import { newConnection } from "../state/connection-record.ts";
import type { Work } from "../state/work.ts";

/** The parts of an agent that was not started and has no network, to try what is done in transactions. */
export class IdleCore {
  readonly startMs = Date.UTC(2026, 0, 15);
  /** By how much the clock is ahead of the start. */
  laterMs = 0;
  readonly #core: AgentCore;

  constructor() {
    const base = new VirtualClock(this.startMs);
    const clock: Clock = {
      nowMs: () => base.nowMs() + this.laterMs,
      monotonicMs: () => base.monotonicMs(),
      after: (delayMs, callback) => base.after(delayMs, callback),
    };
    const unused = () => Promise.reject(new Error("the network is not used here"));
    const network = { withSession: unused, withProxy: unused, end: () => undefined, close: () => undefined };
    const random = systemRandom;
    this.#core = new AgentCore({ store: new MemoryStore(), clock, random, network: () => network });
  }

  work<T>(run: (work: Work) => T): T {
    return this.#core.transaction(run);
  }

  newConnection(): ConnectionId {
    const start = { profile: 1, kind: "invitation", agentVersion: 7, postQuantum: true } as const;
    return this.work((work) => work.put(newConnection(work.newId<ConnectionId>(), start)).id);
  }

  /** Cleans up to the end. @param look is called after each step @returns what it gave */
  cleanUp<T>(first: CleanUpStep, look: () => T): readonly T[] {
    const looks: T[] = [];
    for (let step: CleanUpStep | undefined = first; step !== undefined; ) {
      step = this.work(step);
      looks.push(look());
    }
    return looks;
  }
}
