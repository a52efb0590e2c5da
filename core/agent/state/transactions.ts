import type { VersionRange } from "../../bytes/index.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import type { Store, Transaction } from "../../store/store.ts";
import type { AgentEvent, ConnectionId } from "../api.ts";
import type { Connection } from "./connection-record.ts";
import { type Follow, Work, type WorkHost } from "./work.ts";

/** What transactions need of the agent. */
export interface TransactionsHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly agentVersions: VersionRange;
  emit(event: AgentEvent, transaction: Transaction): void;
  /** Encrypts what can be sent at once, in the transaction that put it into the outbox. */
  prepareAhead(work: Work, id: ConnectionId): void;
  /** Takes up what is to be done after a transaction. */
  follow(follow: Follow): void;
  /** Runs what nobody waits for: an error in it is a defect. */
  guard(run: () => void): void;
}

/** The transactions of an agent: its own, and its part in those of a caller. Holds connections as last committed. */
export class Transactions implements WorkHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly agentVersions: VersionRange;
  readonly #store: Store;
  readonly #host: TransactionsHost;
  readonly #connections = new Map<ConnectionId, Connection>();
  /** The transactions of callers that are open now. */
  readonly #open = new Map<Transaction, Work>();
  #current: Work | undefined;

  constructor(store: Store, host: TransactionsHost) {
    this.clock = host.clock;
    this.random = host.random;
    this.agentVersions = host.agentVersions;
    this.#store = store;
    this.#host = host;
  }

  /** Runs `run` in a transaction, or in the one that is open already. */
  run<T>(run: (work: Work) => T): T {
    if (this.#current !== undefined) return run(this.#current);
    let done: Work | undefined;
    const result = this.#store.transaction((transaction) => {
      const work = new Work(this, transaction);
      done = work;
      return this.#within(work, run);
    });
    if (done !== undefined) this.#committed(done);
    return result;
  }

  /** Runs `run` in a transaction of the caller. What follows from it is taken up when that has ended. */
  joined<T>(transaction: Transaction | undefined, run: (work: Work) => T): T {
    if (transaction === undefined || this.#current?.transaction === transaction) return this.run(run);
    const work = this.#open.get(transaction) ?? this.#openFor(transaction);
    try {
      return this.#within(work, run);
    } finally {
      // Whether the caller will commit is not known: what was held in memory is read again from the store.
      for (const id of work.changed.keys()) this.#connections.delete(id);
    }
  }

  cached(id: ConnectionId): Connection | undefined {
    return this.#connections.get(id);
  }

  emit(event: AgentEvent, transaction: Transaction): void {
    this.#host.emit(event, transaction);
  }

  /** Holds a connection that was read from the store. */
  hold(connection: Connection): void {
    this.#connections.set(connection.id, connection);
  }

  #openFor(transaction: Transaction): Work {
    const work = new Work(this, transaction);
    this.#open.set(transaction, work);
    queueMicrotask(() => {
      this.#open.delete(transaction);
      work.ended();
      this.#host.guard(() => this.#host.follow(work.follow));
    });
    return work;
  }

  #within<T>(work: Work, run: (work: Work) => T): T {
    const before = this.#current;
    this.#current = work;
    try {
      const result = run(work);
      for (const id of work.follow.deliver) this.#host.prepareAhead(work, id);
      return result;
    } finally {
      this.#current = before;
    }
  }

  #committed(work: Work): void {
    work.ended();
    for (const [id, connection] of work.changed) {
      if (connection === undefined) this.#connections.delete(id);
      else this.#connections.set(id, connection);
    }
    this.#host.follow(work.follow);
  }
}
