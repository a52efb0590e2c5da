import { StoreError } from "../store/errors.ts";
import type { MemoryStore } from "../store/memory.ts";
import type { RowRange, Store, Transaction } from "../store/store.ts";

/** Thrown to undo what a process that has crashed goes on to write. */
class NeverCommitted extends Error {}

type Step = () => void;

/** What a transaction has written over, for the planted fault. */
interface Before {
  readonly undo: Map<string, Step>;
  isLost: boolean;
}

/**
 * The store of one process, on a disk that outlives it. Every call is a moment at which the process may crash;
 * from then on nothing it writes is kept, though it does not know: it goes on in a world of its own until
 * nothing comes to it any more. What an application does in a transaction can be tied to its commit.
 */
export class CrashStore implements Store {
  readonly #disk: MemoryStore;
  readonly #moment: () => boolean;
  /** A fault to be found: a commit to this table is lost in a crash if it was the last one. */
  readonly #losesTable: string | undefined;
  #effects: Step[] = [];
  #next: Step[] = [];
  /** Whether the disk is full: what is there can be read, and nothing be written. */
  full = false;
  #late: { readonly undo: Step; readonly effects: readonly Step[] } | undefined;

  /**
   * @param moment called before each call; says whether the process has crashed
   * @param losesTable plants a fault: a commit to this table is not durable before the next one
   */
  constructor(disk: MemoryStore, moment: () => boolean, losesTable?: string) {
    this.#disk = disk;
    this.#moment = moment;
    this.#losesTable = losesTable;
  }

  transaction<T>(run: (transaction: Transaction) => T): T {
    const effects: Step[] = this.#next;
    this.#next = [];
    this.#effects = effects;
    const before: Before = { undo: new Map(), isLost: false };
    let result: { readonly value: T } | undefined;
    try {
      this.#moment();
      const value = this.#disk.transaction((transaction) => {
        const inner = run(this.#watched(transaction, before));
        result = { value: inner };
        if (this.#moment()) throw new NeverCommitted();
        return inner;
      });
      this.#committed(before, effects);
      return value;
    } catch (error) {
      if (error instanceof NeverCommitted && result !== undefined) return result.value;
      throw error;
    } finally {
      this.#effects = [];
    }
  }

  /** Runs `effect` once the transaction that is open now is committed, if it is. */
  onCommit(effect: Step): void {
    this.#effects.push(effect);
  }

  /** Runs `effect` once the next transaction is committed, if it is. */
  onNextCommit(effect: Step): void {
    this.#next.push(effect);
  }

  /** Takes back what `onNextCommit` was told, if there was no transaction. */
  forgetNext(): void {
    this.#next = [];
  }

  /** The process has crashed: the planted fault shows. */
  crashed(): void {
    this.#late?.undo();
    this.#late = undefined;
  }

  /** The process ended in good order. */
  close(): void {
    this.#settle();
  }

  #committed(before: Before, effects: readonly Step[]): void {
    if (before.undo.size > 0 || effects.length > 0) this.#settle();
    const { undo } = before;
    if (before.isLost) this.#late = { effects, undo: () => runAll(undo.values()) };
    else runAll(effects);
    this.#moment();
  }

  #settle(): void {
    runAll(this.#late?.effects ?? []);
    this.#late = undefined;
  }

  #watched(inner: Transaction, before: Before): Transaction {
    const remember = (table: string, key: Uint8Array) => {
      this.#moment();
      if (this.full) throw new StoreError("full", "cannot use store: the disk is full");
      if (this.#losesTable === undefined) return;
      if (this.#losesTable === table) before.isLost = true;
      const name = `${table} ${key.join()}`;
      if (before.undo.has(name)) return;
      const value = inner.get(table, key);
      const copy = key.slice();
      before.undo.set(name, () =>
        this.#disk.transaction((undo) =>
          value === undefined ? undo.delete(table, copy) : undo.put(table, copy, value),
        ),
      );
    };
    return {
      get: (table, key) => {
        this.#moment();
        return inner.get(table, key);
      },
      put: (table, key, value) => {
        remember(table, key);
        inner.put(table, key, value);
      },
      delete: (table, key) => {
        remember(table, key);
        inner.delete(table, key);
      },
      range: (table: string, range?: RowRange) => {
        this.#moment();
        return inner.range(table, range);
      },
      count: (table, range) => inner.count(table, range),
      index: (index, id, text) => inner.index(index, id, text),
      unindex: (index, id) => inner.unindex(index, id),
      search: (index, query, limit, from) => inner.search(index, query, limit, from),
    };
  }
}

function runAll(steps: Iterable<Step>): void {
  for (const step of steps) step();
}
