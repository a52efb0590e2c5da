/** A queue for one reader that makes writers wait while it is full. */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #lengthMax: number;
  readonly #items: T[] = [];
  readonly #writers: (() => void)[] = [];
  #reader: ((result: IteratorResult<T>) => void) | undefined;
  #ended = false;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** Resolves once there was room. After the end, items are dropped. */
  async push(item: T): Promise<void> {
    while (this.#items.length >= this.#lengthMax && !this.#ended) {
      await new Promise<void>((resolve) => this.#writers.push(resolve));
    }
    this.pushNow(item);
  }

  /** Adds an item over the bound: for the few things that must not wait. */
  pushNow(item: T): void {
    if (this.#ended) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#items.push(item);
    else reader({ done: false, value: item });
  }

  end(): void {
    this.#ended = true;
    for (const writer of this.#writers.splice(0)) writer();
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.#take() };
  }

  #take(): Promise<IteratorResult<T>> {
    if (this.#items.length > 0) {
      const value = this.#items.shift() as T;
      this.#writers.shift()?.();
      return Promise.resolve({ done: false, value });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }
}
