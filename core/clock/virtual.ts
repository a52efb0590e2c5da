import type { Clock } from "./clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is told to move. Timers fire in the order of their time,
 * those of the same time in the order they were set; promises settle between two timers.
 */
export class VirtualClock implements Clock {
  #monotonicMs = 0;
  #offsetMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param startMs what `nowMs()` answers at first, in milliseconds since the Unix epoch */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#offsetMs = startMs;
  }

  nowMs(): number {
    return this.#offsetMs + this.#monotonicMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Sets the wall clock forward or back, as a user may; timers keep their distance. */
  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }

  /** Moves time on by `byMs` milliseconds, firing what falls due; microtasks settle between timers. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#monotonicMs + byMs;
    await settle();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#fire(next);
      await settle();
    }
    this.#monotonicMs = untilMs;
  }

  /**
   * Moves time on until `condition` holds, one timer after the other.
   * @throws Error when no timer is left or `limitMs` have passed and it still does not hold
   */
  async until(condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    const untilMs = this.#monotonicMs + limitMs;
    await settle();
    while (!condition()) {
      const next = this.#next(untilMs);
      if (next === undefined) throw new Error(`cannot go on: nothing happens within ${limitMs} ms`);
      this.#fire(next);
      await settle();
    }
  }

  #next(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > untilMs) continue;
      if (
        first === undefined ||
        timer.dueMs < first.dueMs ||
        (timer.dueMs === first.dueMs && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#monotonicMs = Math.max(this.#monotonicMs, timer.dueMs);
    timer.callback();
  }
}

const settleRounds = 64;

/** Lets promises that are ready run: chains of up to 64 awaits. */
export async function settle(): Promise<void> {
  for (let round = 0; round < settleRounds; round++) await Promise.resolve();
}
