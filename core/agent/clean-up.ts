import type { Cancel, Clock } from "../clock/clock.ts";
import type { Work } from "./state/work.ts";

/**
 * Some of what is to be cleaned up, small enough for one transaction that keeps nobody waiting.
 * @returns what to go on with; undefined when nothing more is there to look at
 */
export type CleanUpStep = (work: Work) => CleanUpStep | undefined;

/** What cleaning up needs of the agent. */
export interface CleanUpHost {
  readonly clock: Clock;
  readonly stopped: boolean;
  transaction<T>(run: (work: Work) => T): T;
  /** Runs what nobody waits for. */
  guard(run: () => void): void;
}

/** How often it is looked for what is too old, in milliseconds. */
const intervalMs = 3_600_000;

/** Deletes, or gives up on, what is too old; step by step, so that other work goes on in between. */
export class CleanUp {
  readonly #host: CleanUpHost;
  readonly #parts: readonly CleanUpStep[];
  #cancel: Cancel | undefined;

  /** @param parts the first step of each kind of clean-up */
  constructor(host: CleanUpHost, parts: readonly CleanUpStep[]) {
    this.#host = host;
    this.#parts = parts;
  }

  /** Cleans up now, and from time to time. */
  start(): void {
    this.#later(0, this.#parts);
  }

  stop(): void {
    this.#cancel?.();
  }

  #later(delayMs: number, [step, ...others]: readonly CleanUpStep[]): void {
    this.#cancel = this.#host.clock.after(delayMs, () => {
      if (this.#host.stopped) return;
      let next: CleanUpStep | undefined;
      this.#host.guard(() => {
        next = step && this.#host.transaction(step);
      });
      const left = next === undefined ? others : [next, ...others];
      if (left.length > 0) this.#later(0, left);
      else this.#later(intervalMs, this.#parts);
    });
  }
}
