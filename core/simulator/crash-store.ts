import type { MemoryStore } from "../store/memory.ts";
import type { RowRange, Store, Transaction } from "../store/store.ts";

/** Thrown to undo what a process that has crashed goes on to write. */
class NeverCommitted extends Error {}

type Step = () => void;

/**
 * The store of one process, on a disk that outlives it. Every call is a moment at which the process may crash;
 * from then on nothing it writes is kept, though it does not know: it goes on in a world of its own until
 * nothing comes to it any more. What an application does in a transaction can be tied to its commit.
 */
export class CrashStore implements Store {
  readonly #disk: MemoryStore;
  readonly #moment: () => boolean;
  /** A fault to be found: what was committed last is lost in a crash. */
  readonly #losesCommit: boolean;
  #effects: Step[] = [];
  #next: Step[] = [];
  #late: { readonly undo: Step; readonly effects: readonly Step[] } | undefined;

  /**
   * @param moment called before each call; says whether the process has crashed
   * @param losesCommit plants a fault: the last commit was not durable
   */
  constructor(disk: MemoryStore, moment: () => boolean, losesCommit = false) {
    this.#disk = disk;
    this.#moment = moment;
    this.#losesCommit = losesCommit;
  }

  transaction<T>(run: (transaction: Transaction) => T): T {
    const effects: Step[] = this.#next;
    this.#next = [];
    this.#effects = effects;
    const before = new Map<string, Step>();
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

  #committed(before: ReadonlyMap<string, Step>, effects: readonly Step[]): void {
    if (!this.#losesCommit) {
      runAll(effects);
    } else if (before.size > 0 || effects.length > 0) {
      this.#settle();
      const steps = [...before.values()];
      this.#late = { effects, undo: () => runAll(steps) };
    }
    this.#moment();
  }

  #settle(): void {
    runAll(this.#late?.effects ?? []);
    this.#late = undefined;
  }

  #watched(inner: Transaction, before: Map<string, Step>): Transaction {
    const remember = (table: string, key: Uint8Array) => {
      this.#moment();
      if (!this.#losesCommit) return;
      const name = `${table} ${key.join()}`;
      if (before.has(name)) return;
      const value = inner.get(table, key);
      const copy = key.slice();
      before.set(name, () =>
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

function runAll(steps: readonly Step[]): void {
  for (const step of steps) step();
}
