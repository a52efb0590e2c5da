import { type Codec, decode, encode, Writer } from "../bytes/index.ts";
import { wipe } from "../crypto/wipe.ts";
import type { RowRange, Transaction } from "./store.ts";

/** A row with its key and value decoded. */
export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
}

/** As `RowRange`, with the key to go on after as a value. */
export type TableRange<K> = Omit<RowRange, "after"> & { readonly after?: K };

export interface TableOptions {
  /**
   * The values are keys: what was read or written of a row is overwritten as soon as it was used. The codec has to
   * copy what it decodes.
   */
  readonly secret?: boolean;
}

/** Room for any secret value, so that none is left behind in a buffer that became too small, in bytes. */
const secretCapacity = 8_192;

/**
 * A table of a store with typed keys and values. Keys sort by their encoding, so put what ranges
 * are read by first, in a form that sorts: big-endian numbers, bytes of a fixed length.
 */
export class Table<K, V> {
  readonly name: string;
  readonly #key: Codec<K>;
  readonly #value: Codec<V>;
  readonly #secret: boolean;

  constructor(name: string, key: Codec<K>, value: Codec<V>, { secret = false }: TableOptions = {}) {
    this.name = name;
    this.#key = key;
    this.#value = value;
    this.#secret = secret;
  }

  get(transaction: Transaction, key: K): V | undefined {
    const bytes = transaction.get(this.name, encode(this.#key, key));
    return bytes === undefined ? undefined : this.#decode(bytes);
  }

  put(transaction: Transaction, key: K, value: V): void {
    const writer = new Writer(this.#secret ? secretCapacity : undefined);
    this.#value.encode(writer, value);
    const bytes = writer.written();
    transaction.put(this.name, encode(this.#key, key), bytes);
    if (this.#secret) wipe(bytes);
  }

  delete(transaction: Transaction, key: K): void {
    transaction.delete(this.name, encode(this.#key, key));
  }

  range(transaction: Transaction, range: TableRange<K> = {}): Entry<K, V>[] {
    return transaction.range(this.name, this.#rows(range)).map(({ key, value }) => ({
      key: decode(this.#key, key),
      value: this.#decode(value),
    }));
  }

  count(transaction: Transaction, range: TableRange<K> = {}): number {
    return transaction.count(this.name, this.#rows(range));
  }

  #decode(bytes: Uint8Array): V {
    const value = decode(this.#value, bytes);
    if (this.#secret) wipe(bytes);
    return value;
  }

  #rows({ after, ...range }: TableRange<K>): RowRange {
    return after === undefined ? range : { ...range, after: encode(this.#key, after) };
  }
}
