import type { Cancel, Clock } from "../clock/clock.ts";

/** The clock of one process: its wall clock may be wrong, and its timers end with it. */
export class MachineClock implements Clock {
  readonly #base: Clock;
  readonly #wall: Wall;
  readonly #startMs: number;
  #running = true;

  /** @param wall the machine's wall clock, which outlives the process */
  constructor(base: Clock, wall: Wall) {
    this.#base = base;
    this.#wall = wall;
    this.#startMs = base.monotonicMs();
  }

  nowMs(): number {
    return this.#base.nowMs() + this.#wall.offsetMs;
  }

  /** Begins at 0 with each process. */
  monotonicMs(): number {
    return this.#base.monotonicMs() - this.#startMs;
  }

  after(delayMs: number, callback: () => void): Cancel {
    return this.#base.after(delayMs, () => {
      if (this.#running) callback();
    });
  }

  /** The process has ended: its timers don't fire any more. */
  stop(): void {
    this.#running = false;
  }
}

/** How far the wall clock of a machine is from the true time, in milliseconds. */
export interface Wall {
  offsetMs: number;
}
