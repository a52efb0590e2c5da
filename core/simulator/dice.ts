import type { Random } from "../crypto/random.ts";

const range = 0x1_0000_0000;

/** Reproducible randomness, for the scenario and as the random source of agents and relays. Not for secrets. */
export class Dice {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any whole number @param stream tells several generators of one seed apart */
  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / range) >>> 0;
    this.#c = stream >>> 0;
    for (let i = 0; i < 15; i++) this.next();
  }

  /** The next 32 bits: Chris Doty-Humphrey's sfc32. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor((this.next() / range) * (max - min + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() / range < probability;
  }

  /** A duration, often short and sometimes as long as `maxMs` milliseconds. */
  duration(maxMs: number): number {
    return Math.floor(maxMs ** (this.next() / range));
  }

  /** One of them. @throws RangeError for none */
  pick<T>(from: readonly T[]): T {
    const value = from[this.between(0, from.length - 1)];
    if (value === undefined) throw new RangeError("cannot pick: there is nothing to pick from");
    return value;
  }

  /** One of them, or undefined for none. */
  maybePick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : this.pick(from);
  }

  /** One of the names, each as likely as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries<number>(weights) as [T, number][];
    let at = this.between(
      1,
      entries.reduce((sum, [, weight]) => sum + weight, 0),
    );
    for (const [name, weight] of entries) {
      at -= weight;
      if (at <= 0) return name;
    }
    throw new RangeError("cannot pick: all weights are zero");
  }

  /** A generator of its own, so that what one part of a run draws does not change what another one draws. */
  fork(): Dice {
    return new Dice(this.next() * range + this.next(), this.next());
  }

  /** Random bytes, as agents and relays take them. */
  readonly bytes: Random = (length) => {
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (; at + 4 <= length; at += 4) view.setUint32(at, this.next());
    for (let word = this.next(); at < length; at++, word >>>= 8) bytes[at] = word;
    return bytes;
  };
}
