import { StoreError } from "./errors.ts";
import { checkName, type Row, type RowRange, type Store, searchWords, type Transaction } from "./store.ts";

/** Keys are held as strings of one character a byte, whose order is that of the bytes. */
interface MemoryTable {
  readonly values: Map<string, Uint8Array>;
  /** All keys in order, or undefined when they have to be sorted anew. */
  sorted: string[] | undefined;
}

type Undo = () => void;

/** A store that lives as long as the process: for tests and the simulator. Tests of the interface run on it too. */
export class MemoryStore implements Store {
  readonly #tables = new Map<string, MemoryTable>();
  readonly #indexes = new Map<string, Map<number, string>>();
  #open = true;
  #undo: Undo[] | undefined;

  transaction<T>(run: (transaction: Transaction) => T): T {
    if (!this.#open) throw new StoreError("misuse", "cannot use store: it is closed");
    if (this.#undo !== undefined)
      throw new StoreError("misuse", "cannot begin transaction: one is under way");
    const undo: Undo[] = [];
    this.#undo = undo;
    try {
      return run(this.#transaction(undo));
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  close(): void {
    this.#open = false;
  }

  /** Another store with the same contents, as a copy of a file would have them. */
  copy(): MemoryStore {
    const copied = new MemoryStore();
    for (const [name, { values }] of this.#tables)
      copied.#tables.set(name, { values: new Map(values), sorted: undefined });
    for (const [name, texts] of this.#indexes) copied.#indexes.set(name, new Map(texts));
    return copied;
  }

  #transaction(undo: Undo[]): Transaction {
    const check = (): void => {
      if (this.#undo !== undo) throw new StoreError("misuse", "cannot use transaction: it has ended");
    };
    return {
      get: (table, key) => {
        check();
        return this.#table(table).values.get(keyText(key))?.slice();
      },
      put: (table, key, value) => {
        check();
        this.#set(this.#table(table), keyText(key), value.slice(), undo);
      },
      delete: (table, key) => {
        check();
        this.#set(this.#table(table), keyText(key), undefined, undo);
      },
      range: (table, range) => {
        check();
        return this.#range(table, range);
      },
      count: (table, range) => {
        check();
        return this.#range(table, range).length;
      },
      index: (index, id, text) => {
        check();
        this.#setText(index, id, text, undo);
      },
      unindex: (index, id) => {
        check();
        this.#setText(index, id, undefined, undo);
      },
      search: (index, query, limit, before) => {
        check();
        return this.#search(index, query, limit, before);
      },
    };
  }

  #table(name: string): MemoryTable {
    checkName(name);
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = { values: new Map(), sorted: undefined };
      this.#tables.set(name, table);
    }
    return table;
  }

  #set(table: MemoryTable, key: string, value: Uint8Array | undefined, undo: Undo[]): void {
    const before = table.values.get(key);
    undo.push(() => setValue(table, key, before));
    setValue(table, key, value);
  }

  #range(name: string, range: RowRange = {}): Row[] {
    const table = this.#table(name);
    table.sorted ??= [...table.values.keys()].sort();
    const prefix = keyText(range.prefix ?? new Uint8Array());
    const after = range.after === undefined ? undefined : keyText(range.after);
    const rows: Row[] = [];
    const { sorted } = table;
    const reverse = range.reverse === true;
    let at = reverse ? firstAbove(sorted, `${prefix}\u{ffff}`) - 1 : firstAbove(sorted, prefix, true);
    if (after !== undefined) {
      at = reverse
        ? Math.min(at, firstAbove(sorted, after, true) - 1)
        : Math.max(at, firstAbove(sorted, after));
    }
    for (; rows.length < (range.limit ?? Number.POSITIVE_INFINITY); at += reverse ? -1 : 1) {
      const key = sorted[at];
      if (key === undefined || !key.startsWith(prefix)) break;
      const value = table.values.get(key);
      if (value !== undefined) rows.push({ key: keyBytes(key), value: value.slice() });
    }
    return rows;
  }

  #texts(index: string): Map<number, string> {
    checkName(index);
    let texts = this.#indexes.get(index);
    if (texts === undefined) {
      texts = new Map();
      this.#indexes.set(index, texts);
    }
    return texts;
  }

  #setText(index: string, id: number, text: string | undefined, undo: Undo[]): void {
    const texts = this.#texts(index);
    const before = texts.get(id);
    const set = (value: string | undefined): void => {
      if (value === undefined) texts.delete(id);
      else texts.set(id, value);
    };
    undo.push(() => set(before));
    set(text);
  }

  #search(index: string, query: string, limit: number, before = Number.POSITIVE_INFINITY): number[] {
    const words = searchWords(query);
    const last = words.pop();
    if (last === undefined) return [];
    const found: number[] = [];
    for (const [id, text] of this.#texts(index)) {
      const present = searchWords(text);
      if (
        id < before &&
        words.every((word) => present.includes(word)) &&
        present.some((word) => word.startsWith(last))
      ) {
        found.push(id);
      }
    }
    return found.sort((a, b) => b - a).slice(0, limit);
  }
}

function setValue(table: MemoryTable, key: string, value: Uint8Array | undefined): void {
  const { sorted } = table;
  if (value === undefined) {
    if (table.values.delete(key) && sorted !== undefined) sorted.splice(firstAbove(sorted, key, true), 1);
  } else {
    if (!table.values.has(key) && sorted !== undefined) sorted.splice(firstAbove(sorted, key), 0, key);
    table.values.set(key, value);
  }
}

/** The position of the first key above `key`, or, with `orEqual`, of the first not below it. */
function firstAbove(sorted: readonly string[], key: string, orEqual = false): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = sorted[middle] ?? "";
    if (candidate < key || (!orEqual && candidate === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function keyBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
