import type { Clock } from "../../clock/clock.ts";
import { StoreError } from "../../store/errors.ts";
import { Backoff, storeWaits } from "../tasks/backoff.ts";
import type { Work } from "./work.ts";

/** What lasting work needs of the agent. */
export interface LastingWorkHost {
  readonly clock: Clock;
  readonly stopped: boolean;
  transaction<T>(run: (work: Work) => T): T;
  /** The store has failed, or something that can't happen has happened. */
  defect(error: unknown): void;
}

/**
 * Transactions that nobody waits for, and that have to happen though the store may fail: then they are done when it
 * works again, in the order in which they came. Of each key only the last one is kept, so they don't grow in number.
 */
export class LastingWork {
  readonly #host: LastingWorkHost;
  readonly #backoff: Backoff;
  readonly #due = new Map<string, (work: Work) => void>();
  /** Whether they are being done, or wait for the store. */
  #busy = false;

  constructor(host: LastingWorkHost) {
    this.#host = host;
    this.#backoff = new Backoff(host.clock);
  }

  /** Runs `run` in a transaction: now, or when the store works again. It takes the place of what waits under `key`. */
  run(key: string, run: (work: Work) => void): void {
    this.#due.delete(key);
    this.#due.set(key, run);
    if (this.#busy) return;
    this.#busy = true;
    this.#runDue();
  }

  /** Tries again now what waits. */
  retryNow(): void {
    this.#backoff.wake();
  }

  #runDue(): void {
    // What is added meanwhile is met at the end.
    for (const [key, run] of this.#due) {
      if (this.#host.stopped) return;
      try {
        this.#host.transaction(run);
      } catch (error) {
        this.#host.defect(error);
        if (error instanceof StoreError) {
          void this.#backoff.wait(storeWaits).then(() => this.#runDue());
          return;
        }
      }
      if (this.#due.get(key) === run) this.#due.delete(key);
    }
    this.#backoff.reset();
    this.#busy = false;
  }
}
