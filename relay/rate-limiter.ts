import type { Clock } from "../core/clock/clock.ts";
import { Lru } from "./lru.ts";

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** Addresses whose use is remembered. */
const addressesMax = 50_000;

/** A bucket of tokens for each address: `burst` at once, refilled at `perMinute`. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #burst: number;
  readonly #buckets = new Lru<string, Bucket>(addressesMax);

  /** @param perMinute 0: no limit */
  constructor(clock: Clock, perMinute: number, burst: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
    this.#burst = burst;
  }

  /** Takes a token of this address; false when there is none. */
  take(address: string): boolean {
    if (this.#perMinute === 0) return true;
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(address) ?? { tokens: this.#burst, filledMs: nowMs };
    this.#buckets.set(address, bucket);
    const earned = ((nowMs - bucket.filledMs) / 60_000) * this.#perMinute;
    bucket.tokens = Math.min(this.#burst, bucket.tokens + earned);
    bucket.filledMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}
