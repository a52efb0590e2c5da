/** One row: its key, and its value, as arrays of the reader's own. */
export interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Which rows of a table to read, in the order of their keys, byte by byte. */
export interface RowRange {
  /** Only keys that begin with these bytes. */
  readonly prefix?: Uint8Array;
  /** Only keys after this one (before it, when `reverse`); it need not exist. */
  readonly after?: Uint8Array;
  /** From the last key to the first. */
  readonly reverse?: boolean;
  /** At most this many rows. */
  readonly limit?: number;
}

/**
 * The reads and writes of one transaction. Tables come into being when they are first written.
 * Table and index names are of lower-case letters, digits and `_`.
 */
export interface Transaction {
  get(table: string, key: Uint8Array): Uint8Array | undefined;
  /** Adds a row or replaces its value. */
  put(table: string, key: Uint8Array, value: Uint8Array): void;
  /** Deletes a row, if it is there. */
  delete(table: string, key: Uint8Array): void;
  /** The rows of a range, read at once: bound it by `limit` where a table can be large. */
  range(table: string, range?: RowRange): Row[];
  /** How many rows the range has. */
  count(table: string, range?: Pick<RowRange, "prefix" | "after" | "reverse">): number;

  /** Makes `text` findable by `search` under `id`, in place of what was there for it. */
  index(index: string, id: number, text: string): void;
  unindex(index: string, id: number): void;
  /**
   * The ids of the texts that have all words of `query`, the last as the beginning of a word, highest id first.
   * Case and accents don't matter; punctuation separates words. No words find nothing.
   * @param before only ids below this one, to read on from there
   */
  search(index: string, query: string, limit: number, before?: number): number[];
}

/**
 * An ordered key-value store with transactions and full-text indexes. It is synchronous: between the
 * begin and the end of a transaction nothing else can happen, and what `transaction` has returned from
 * is durable.
 */
export interface Store {
  /**
   * Runs `run` in a transaction: all of its writes are kept, or none when it throws. Not to be nested,
   * and not to be used after `run` has returned.
   * @throws StoreError when the writes can't be kept; then none are
   */
  transaction<T>(run: (transaction: Transaction) => T): T;
  /** Closes the store; afterwards every call throws a StoreError. Closing again does nothing. */
  close(): void;
}

/** The least key that is greater than all keys with this prefix, or undefined when there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  for (let length = prefix.length; length > 0; length--) {
    const last = prefix[length - 1] ?? 0;
    if (last < 0xff) {
      const end = prefix.slice(0, length);
      end[length - 1] = last + 1;
      return end;
    }
  }
  return undefined;
}

/** The words of a text as full-text search sees them: lower case, without accents. */
export function searchWords(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

const namePattern = /^[a-z][a-z0-9_]{0,63}$/;

/** @throws RangeError when a table or index has a name that a backend could not use as it is */
export function checkName(name: string): void {
  if (!namePattern.test(name)) throw new RangeError(`cannot use table: "${name}" is not a table name`);
}
