import type { Clock } from "../clock/clock.ts";

/** What happened in a simulation, in order, with the virtual time of each. */
export class EventLog {
  readonly #clock: Clock;
  readonly lines: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(who: string, what: string): void {
    this.lines.push(
      `${(this.#clock.monotonicMs() / 1000).toFixed(3).padStart(12)} ${who.padEnd(10)} ${what}`,
    );
  }
}
