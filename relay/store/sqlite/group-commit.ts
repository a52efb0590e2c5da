import { StoreError, StoreLostError } from "../store.ts";

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
 *
 * After a sync that failed it is over: Linux then takes the pages that it could not write for written, so the next sync
 * would succeed without them, and what follows them in the log would be lost with them.
 */
export class GroupCommit {
  readonly #target: CommitTarget;
  readonly #defer: Defer;
  readonly #onFailure: (error: StoreError) => void;
  readonly #pause: (() => Promise<void>) | undefined;
  #open: Group | undefined;
  #syncing: Group | undefined;
  #busy = false;
  /** Set once a sync has failed: the error, and what everybody who waits from then on gets. */
  #lost: { readonly error: StoreLostError; readonly promise: Promise<void> } | undefined;

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

  /**
   * To be called before a write.
   * @throws StoreError when no transaction can be opened, StoreLostError when a sync has failed
   */
  write(): void {
    if (this.#lost !== undefined) throw this.#lost.error;
    if (this.#open !== undefined) return;
    try {
      this.#target.begin();
    } catch (error) {
      throw failureOf("a transaction cannot be opened", error, StoreError);
    }
    this.#open = group();
    this.#defer(() => this.#endTick());
  }

  /**
   * Resolves when all writes so far are on the disk; undefined when none is under way. Rejects for ever when a sync has
   * failed, as what was read since may be of what is lost.
   */
  durable(): Promise<void> | undefined {
    if (this.#lost !== undefined) return this.#lost.promise;
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
    const failure = failureOf("the database refuses", error, StoreError);
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
        this.#lose(group, failureOf("the disk cannot be synced", error, StoreLostError));
        return;
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
      this.#undo(open, failureOf("the transaction failed", error, StoreError));
      return undefined;
    }
  }

  #undo(open: Group, failure: StoreError): void {
    this.#rollback();
    this.#onFailure(failure);
    open.reject(failure);
  }

  /** Ends it all, with what is open, which builds on what may be lost. */
  #lose(syncing: Group, error: StoreLostError): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) this.#rollback();
    this.#lost = { error, promise: syncing.promise };
    this.#onFailure(error);
    syncing.reject(error);
    open?.reject(error);
  }

  #rollback(): void {
    try {
      this.#target.rollback();
    } catch {
      // SQLite has rolled back by itself already.
    }
  }
}

/** The error with the database's or the system's own words, which are for the operator: they name no client. */
function failureOf<E extends StoreError>(
  what: string,
  cause: unknown,
  Failure: new (message: string, options: ErrorOptions) => E,
): E {
  const reason = cause instanceof Error ? cause.message : "unknown error";
  return new Failure(`cannot write to store: ${what} (${reason})`, { cause });
}

function group(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined); // whoever waits is told; nobody has to wait
  return { promise, resolve, reject };
}
