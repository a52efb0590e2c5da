/** What waits for one reader, who takes it with `for await`; how much may wait is decided by who fills it. */
export class ReaderQueue<T> implements AsyncIterable<T> {
  readonly #taken: () => void;
  readonly #items: T[] = [];
  #reader: ((result: IteratorResult<T>) => void) | undefined;
  #ended = false;

  /** @param taken is called each time an item was taken that had to wait */
  constructor(taken: () => void) {
    this.#taken = taken;
  }

  /** Items that wait. */
  get length(): number {
    return this.#items.length;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Adds an item; after the end it is dropped. */
  push(item: T): void {
    if (this.#ended) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#items.push(item);
    else reader({ done: false, value: item });
  }

  /** No more items come; those that wait can still be taken. */
  end(): void {
    this.#ended = true;
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.#take() };
  }

  #take(): Promise<IteratorResult<T>> {
    if (this.#items.length > 0) {
      const value = this.#items.shift() as T;
      this.#taken();
      return Promise.resolve({ done: false, value });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }
}
