import type { Clock } from "../core/clock/clock.ts";
import type { QueueStore, StoreCounts } from "./store/store.ts";

/** Counting takes a hundredth of the time at most: so many times as long as it took, what it found is given again. */
const restFactor = 100;

/**
 * What the store holds, for metrics. SQLite counts 100,000 queues in 2 ms, but Deno KV reads each of them, over a
 * network where it is a platform's.
 */
export class StoredCounts {
  readonly #store: Pick<QueueStore, "counts">;
  readonly #clock: Clock;
  #counts: Promise<StoreCounts> | undefined;
  /** When they are to be counted again; milliseconds of the monotonic clock. */
  #untilMs = 0;

  constructor(store: Pick<QueueStore, "counts">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @throws StoreError when they cannot be counted */
  get(): Promise<StoreCounts> {
    if (this.#counts === undefined || this.#clock.monotonicMs() > this.#untilMs) this.#counts = this.#count();
    return this.#counts;
  }

  async #count(): Promise<StoreCounts> {
    const startMs = this.#clock.monotonicMs();
    this.#untilMs = Number.POSITIVE_INFINITY; // whoever asks meanwhile gets this count
    try {
      const counts = await this.#store.counts();
      const endMs = this.#clock.monotonicMs();
      this.#untilMs = endMs + restFactor * (endMs - startMs);
      return counts;
    } catch (error) {
      this.#counts = undefined;
      throw error;
    }
  }
}
