import type { Clock } from "./clock.ts";
import { settle } from "./settle.ts";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  /** Undefined once it was cancelled. */
  callback: (() => void) | undefined;
}

/**
 * A clock that stands still until it is told to move. Timers fire in the order of their time,
 * those of the same time in the order they were set; promises settle between two timers.
 */
export class VirtualClock implements Clock {
  #monotonicMs = 0;
  #offsetMs: number;
  #order = 0;
  #pending = 0;
  /** A binary heap, the next timer first; those that were cancelled stay until their turn comes. */
  readonly #timers: Timer[] = [];

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
    const timer: Timer = {
      dueMs: this.#monotonicMs + Math.max(0, delayMs),
      order: this.#order++,
      callback,
    };
    push(this.#timers, timer);
    this.#pending++;
    return () => {
      if (timer.callback === undefined) return;
      timer.callback = undefined;
      this.#pending--;
    };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending;
  }

  /** Sets the wall clock forward or back, as a user may; timers keep their distance. */
  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }

  /** Moves time on by `byMs` milliseconds, firing what falls due; promises settle between timers. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#monotonicMs + byMs;
    await settle();
    while (this.#fireNext(untilMs)) await settle();
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
      if (!this.#fireNext(untilMs)) throw new Error(`cannot go on: nothing happens within ${limitMs} ms`);
      await settle();
    }
  }

  /** Fires the first timer that is due by `untilMs`; false when there is none. */
  #fireNext(untilMs: number): boolean {
    for (let first = this.#timers[0]; first !== undefined; first = this.#timers[0]) {
      const { callback } = first;
      if (callback !== undefined && first.dueMs > untilMs) return false;
      removeFirst(this.#timers);
      if (callback === undefined) continue;
      first.callback = undefined;
      this.#pending--;
      this.#monotonicMs = Math.max(this.#monotonicMs, first.dueMs);
      callback();
      return true;
    }
    return false;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const above = (at - 1) >>> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(timer, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = timer;
}

function removeFirst(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const takeRight = right !== undefined && isBefore(right, left);
    const child = takeRight ? right : left;
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = 2 * at + (takeRight ? 2 : 1);
  }
  heap[at] = last;
}
