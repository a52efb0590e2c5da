/** Cancels what was scheduled; calling it again, or after it ran, does nothing. */
export type Cancel = () => void;

/**
 * Time as the pure parts of core see it: passed in, never ambient, so that the simulator can
 * run hours of it in a moment and replay it from a seed.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump when the user sets the machine's clock. */
  nowMs(): number;
  /** Milliseconds since some fixed moment; never goes back. For time-outs and measurements. */
  monotonicMs(): number;
  /** Runs `callback` once, `delayMs` milliseconds from now. */
  after(delayMs: number, callback: () => void): Cancel;
}

/** Resolves after `delayMs` milliseconds of `clock`. */
export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
