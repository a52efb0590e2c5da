import type { Random } from "../../crypto/random.ts";

/** How long to wait before trying again, in milliseconds. */
export interface Backoff {
  /** After the first failure. */
  readonly firstMs: number;
  /** The longest. */
  readonly maxMs: number;
  /** By how much each wait is longer than the one before. */
  readonly factor: number;
}

/** 2 seconds, then half as much more each time, up to 10 minutes. */
export const defaultBackoff: Backoff = { firstMs: 2_000, maxMs: 600_000, factor: 1.5 };

const word16Count = 0x1_0000;

/** The wait after `failures` failures in a row, 1 or more: between half of it and all of it at random. */
export function backoffMs({ firstMs, maxMs, factor }: Backoff, failures: number, random: Random): number {
  return spreadMs(Math.min(maxMs, firstMs * factor ** (failures - 1)), random);
}

/** Between half of `fullMs` and all of it, so that the clients of a relay that comes back don't all come at once. */
export function spreadMs(fullMs: number, random: Random): number {
  const [high = 0, low = 0] = random(2);
  return fullMs * (0.5 + (high * 256 + low) / (2 * word16Count));
}
