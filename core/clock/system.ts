import type { Clock } from "./clock.ts";

const delayMaxMs = 2 ** 31 - 1;

/** The machine's own clock; the one place where core's callers get ambient time from. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), delayMaxMs));
    return () => clearTimeout(timer);
  },
};
