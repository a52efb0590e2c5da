import type { Clock } from "../clock/clock.ts";

/** Lines that are kept: the last ones say most. */
const linesMax = 20_000;

/** What happened in a run, line by line, and what went wrong. */
export class Journal {
  readonly lines: string[] = [];
  readonly problems: string[] = [];
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #follow: ((line: string) => void) | undefined;

  /** @param follow gets each line at once */
  constructor(clock: Clock, follow?: (line: string) => void) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#follow = follow;
  }

  /** Notes that something happened to somebody. */
  note(who: string, what: string): void {
    const seconds = ((this.#clock.monotonicMs() - this.#startMs) / 1_000).toFixed(3).padStart(10);
    const line = `${seconds} ${who.padEnd(8)} ${what}`;
    if (this.lines.length >= linesMax) this.lines.splice(0, linesMax / 2);
    this.lines.push(line);
    this.#follow?.(line);
  }

  /** Something that must never happen has happened. */
  problem(who: string, what: string): void {
    this.note(who, `PROBLEM ${what}`);
    this.problems.push(`${who}: ${what}`);
  }
}

/** The words and the place of an error, with what caused it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\n  because of ${describeError(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
