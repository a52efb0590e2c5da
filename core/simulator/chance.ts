import type { Random } from "../crypto/random.ts";
import { reproducible } from "../testing/fuzz.ts";

/** Choices and random bytes that a seed makes the same each time. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    // Small seeds would begin alike: the first numbers are thrown away.
    this.#next = reproducible(Math.imul(seed + 1, 0x9e37_79b1));
    for (let i = 0; i < 16; i++) this.#next();
  }

  /** A source of its own, so that what one part draws does not change what another gets. */
  fork(): Chance {
    return new Chance(this.#next());
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return this.#next() % below;
  }

  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** Whether something happens that does so with this probability, 0 to 1. */
  happens(probability: number): boolean {
    return this.#next() / 2 ** 32 < probability;
  }

  /** One of some, or undefined for none. */
  pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : from[this.below(from.length)];
  }

  /** Random bytes for keys and nonces. */
  get bytes(): Random {
    return (length) => {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i += 4) {
        const word = this.#next();
        for (let j = i; j < Math.min(i + 4, length); j++) bytes[j] = word >>> (8 * (j - i));
      }
      return bytes;
    };
  }
}
