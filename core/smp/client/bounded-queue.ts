import { ReaderQueue } from "./reader-queue.ts";

/** A queue for one reader that makes writers wait while it is full. */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #lengthMax: number;
  readonly #items = new ReaderQueue<T>(() => this.#writers.shift()?.());
  readonly #writers: (() => void)[] = [];

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** Resolves once there was room. After the end, items are dropped. */
  async push(item: T): Promise<void> {
    while (this.#items.length >= this.#lengthMax && !this.#items.ended) {
      await new Promise<void>((resolve) => this.#writers.push(resolve));
    }
    this.#items.push(item);
  }

  /** Adds an item over the bound: for the few things that must not wait. */
  pushNow(item: T): void {
    this.#items.push(item);
  }

  end(): void {
    this.#items.end();
    for (const writer of this.#writers.splice(0)) writer();
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.#items[Symbol.asyncIterator]();
  }
}
