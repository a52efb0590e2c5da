import { type Codec, decode, encode } from "../bytes/index.ts";
import type { RowRange, Transaction } from "./store.ts";

/** A row with its key and value decoded. */
export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
}

/** As `RowRange`, with the key to go on after as a value. */
export type TableRange<K> = Omit<RowRange, "after"> & { readonly after?: K };

/**
 * A table of a store with typed keys and values. Keys sort by their encoding, so put what ranges
 * are read by first, in a form that sorts: big-endian numbers, bytes of a fixed length.
 */
export class Table<K, V> {
  readonly name: string;
  readonly #key: Codec<K>;
  readonly #value: Codec<V>;

  constructor(name: string, key: Codec<K>, value: Codec<V>) {
    this.name = name;
    this.#key = key;
    this.#value = value;
  }

  get(transaction: Transaction, key: K): V | undefined {
    const bytes = transaction.get(this.name, encode(this.#key, key));
    return bytes === undefined ? undefined : decode(this.#value, bytes);
  }

  put(transaction: Transaction, key: K, value: V): void {
    transaction.put(this.name, encode(this.#key, key), encode(this.#value, value));
  }

  delete(transaction: Transaction, key: K): void {
    transaction.delete(this.name, encode(this.#key, key));
  }

  range(transaction: Transaction, range: TableRange<K> = {}): Entry<K, V>[] {
    return transaction.range(this.name, this.#rows(range)).map(({ key, value }) => ({
      key: decode(this.#key, key),
      value: decode(this.#value, value),
    }));
  }

  count(transaction: Transaction, range: TableRange<K> = {}): number {
    return transaction.count(this.name, this.#rows(range));
  }

  #rows({ after, ...range }: TableRange<K>): RowRange {
    return after === undefined ? range : { ...range, after: encode(this.#key, after) };
  }
}
