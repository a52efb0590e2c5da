import type { Cancel, Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import { spreadMs } from "../../smp/client/backoff.ts";

/** The first wait and the longest, in milliseconds; each is half as long again as the one before. */
export interface BackoffRange {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Waits until what the store had no room for, or failed to do otherwise, is tried again. */
export const storeWaits: BackoffRange = { initialMs: 10_000, maxMs: 60_000 };

/** Waits that grow from try to try, and can be cut short. */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: Random | undefined;
  #delayMs = 0;
  #cancel: Cancel | undefined;
  #done: (() => void) | undefined;

  /** @param random shortens each wait by up to half, for what all clients of a relay would do at the same time */
  constructor(clock: Clock, random?: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Resolves after the next wait, or when woken.
   * @param tell gets how long the wait is, in milliseconds
   */
  wait({ initialMs, maxMs }: BackoffRange, tell?: (delayMs: number) => void): Promise<void> {
    this.#delayMs = Math.min(maxMs, Math.max(initialMs, this.#delayMs * 1.5));
    const delayMs = this.#random === undefined ? this.#delayMs : spreadMs(this.#delayMs, this.#random);
    tell?.(delayMs);
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#cancel = this.#clock.after(delayMs, () => this.#finish());
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
