import type { Cancel, Clock } from "../../clock/clock.ts";

/** The first wait and the longest, in milliseconds; each is half as long again as the one before. */
export interface BackoffRange {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Waits that grow from try to try, and can be cut short. */
export class Backoff {
  readonly #clock: Clock;
  #delayMs = 0;
  #cancel: Cancel | undefined;
  #done: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after the next wait, or when woken. */
  wait({ initialMs, maxMs }: BackoffRange): Promise<void> {
    this.#delayMs = Math.min(maxMs, Math.max(initialMs, this.#delayMs * 1.5));
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#cancel = this.#clock.after(this.#delayMs, () => this.#finish());
    });
  }

  /** Ends the present wait. The next one begins small again. */
  wake(): void {
    this.reset();
    this.#cancel?.();
    this.#finish();
  }

  /** The next wait begins small again. */
  reset(): void {
    this.#delayMs = 0;
  }

  #finish(): void {
    const done = this.#done;
    this.#done = undefined;
    this.#cancel = undefined;
    done?.();
  }
}
