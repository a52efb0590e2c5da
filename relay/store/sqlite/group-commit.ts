import { StoreError } from "../store.ts";

/** The operations on the database file that a group needs. */
export interface CommitTarget {
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Resolves when all that was committed is on the disk. */
  sync(): Promise<void>;
}

/** Runs a callback after what is due now: `setImmediate`. */
export type Defer = (callback: () => void) => void;

interface Group {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * One transaction and one sync of the disk for all writes of a tick. The first write opens the
 * transaction; it is committed when the tick is over; then the log is synced without blocking. What is
 * written meanwhile would have to wait for the next sync anyway, so it stays in one transaction until then.
 * When anything fails, the whole group is rolled back and everybody who waits for it is told, so that
 * nothing is promised that was not kept.
 */
export class GroupCommit {
  readonly #target: CommitTarget;
  readonly #defer: Defer;
  readonly #onFailure: (error: StoreError) => void;
  readonly #pause: (() => Promise<void>) | undefined;
  #open: Group | undefined;
  #syncing: Group | undefined;
  #busy = false;

  /**
   * @param onFailure called after a rollback, or when the disk failed: what was read since the last commit is void
   * @param pause resolves when the next group may follow: under load, a short wait makes groups larger
   */
  constructor(
    target: CommitTarget,
    defer: Defer,
    onFailure: (error: StoreError) => void,
    pause?: () => Promise<void>,
  ) {
    this.#target = target;
    this.#defer = defer;
    this.#onFailure = onFailure;
    this.#pause = pause;
  }

  /** To be called before a write. @throws StoreError when no transaction can be opened */
  write(): void {
    if (this.#open !== undefined) return;
    try {
      this.#target.begin();
    } catch (error) {
      throw failureOf("a transaction cannot be opened", error);
    }
    this.#open = group();
    this.#defer(() => this.#endTick());
  }

  /** Resolves when all writes so far are on the disk; undefined when none is under way. */
  durable(): Promise<void> | undefined {
    return (this.#open ?? this.#syncing)?.promise;
  }

  /** Resolves when all writes so far are on the disk, and no more are to be waited for. */
  async flush(): Promise<void> {
    for (let durable = this.durable(); durable !== undefined; durable = this.durable()) await durable;
  }

  /** A write failed: undoes the group. @returns the error to throw */
  fail(error: unknown): StoreError {
    const open = this.#open;
    this.#open = undefined;
    const failure = failureOf("the database refuses", error);
    if (open !== undefined) this.#undo(open, failure);
    return failure;
  }

  #endTick(): void {
    if (!this.#busy) void this.#commitAndSync();
  }

  async #commitAndSync(): Promise<void> {
    this.#busy = true;
    for (let group = this.#commit(); group !== undefined; group = this.#commit()) {
      this.#syncing = group;
      try {
        await this.#target.sync();
        group.resolve();
      } catch (error) {
        const failure = failureOf("the disk cannot be synced", error);
        this.#onFailure(failure);
        group.reject(failure);
      }
      this.#syncing = undefined;
      await this.#pause?.();
    }
    this.#busy = false;
  }

  /** Commits what is open. @returns the group, whose log is still to be synced */
  #commit(): Group | undefined {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return undefined;
    try {
      this.#target.commit();
      return open;
    } catch (error) {
      this.#undo(open, failureOf("the transaction failed", error));
      return undefined;
    }
  }

  #undo(open: Group, failure: StoreError): void {
    try {
      this.#target.rollback();
    } catch {
      // SQLite has rolled back by itself already.
    }
    this.#onFailure(failure);
    open.reject(failure);
  }
}

/** The error with the database's or the system's own words, which are for the operator: they name no client. */
function failureOf(what: string, cause: unknown): StoreError {
  const reason = cause instanceof Error ? cause.message : "unknown error";
  return new StoreError(`cannot write to store: ${what} (${reason})`, { cause });
}

function group(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined); // whoever waits is told; nobody has to wait
  return { promise, resolve, reject };
}
