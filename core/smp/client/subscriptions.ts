import { hexEncode } from "../../bytes/index.ts";
import type { EntityId, RecipientId } from "../ids.ts";
import type { SmpClient } from "./client.ts";
import type { RecipientQueue } from "./queues.ts";

/** How a subscription went, to whoever asked for it. */
export interface SubscriptionResult {
  readonly queue: RecipientQueue;
  /** Undefined when the queue is subscribed. */
  readonly error: Error | undefined;
}

/** Is told how each subscription of a window went. */
export type Report = (results: readonly SubscriptionResult[]) => void;

interface Entry {
  readonly queue: RecipientQueue;
  subscribed: boolean;
  waiters: ((error: Error | undefined) => void)[];
}

/** Queues subscribed to at a time: as many as one block holds, so an answer with a message each stays bounded. */
const windowLength = 90;

/** The queues that one connection is to be subscribed to, kept over its ends and new beginnings. */
export class Subscriptions {
  readonly #entries = new Map<string, Entry>();
  #running: Promise<void> | undefined;

  get size(): number {
    return this.#entries.size;
  }

  /** The ids of all queues. */
  get recipientIds(): readonly RecipientId[] {
    return [...this.#entries.values()].map(({ queue }) => queue.recipientId);
  }

  /** Whether a queue waits to be subscribed. */
  get isDue(): boolean {
    return [...this.#entries.values()].some(({ subscribed }) => !subscribed);
  }

  /** Adds a queue; resolves with the result of the first try to subscribe to it. */
  add(queue: RecipientQueue): Promise<Error | undefined> {
    const key = hexEncode(queue.recipientId);
    const entry = this.#entries.get(key) ?? { queue, subscribed: false, waiters: [] };
    this.#entries.set(key, entry);
    if (entry.subscribed) return Promise.resolve(undefined);
    return new Promise((resolve) => entry.waiters.push(resolve));
  }

  /** Adds a queue that the present connection is subscribed to already, as it created it. */
  adopt(queue: RecipientQueue): void {
    this.#entries.set(hexEncode(queue.recipientId), { queue, subscribed: true, waiters: [] });
  }

  remove(recipientId: EntityId): void {
    const key = hexEncode(recipientId);
    const entry = this.#entries.get(key);
    for (const waiter of entry?.waiters ?? []) waiter(undefined);
    this.#entries.delete(key);
  }

  /** The connection is gone: all have to be subscribed again. Who waits is told. */
  reset(error: Error): void {
    for (const entry of this.#entries.values()) {
      entry.subscribed = false;
      for (const waiter of entry.waiters.splice(0)) waiter(error);
    }
  }

  /**
   * Subscribes to all that is due, a window of queues at a time, and the next window only when the messages of the
   * last one have mostly been taken. Ends when nothing is due, or the connection is closed.
   * @param report is told how each went; a queue whose error can't be retried is removed
   */
  run(client: SmpClient, report: Report): Promise<void> {
    this.#running ??= this.#run(client, report);
    return this.#running;
  }

  async #run(client: SmpClient, report: Report): Promise<void> {
    // What else is asked in this turn goes along.
    await Promise.resolve();
    try {
      const tried = new Set<Entry>();
      for (let due = this.#due(tried); due.length > 0 && client.state === "ready"; due = this.#due(tried)) {
        for (const entry of due) tried.add(entry);
        report(await Promise.all(due.map((entry) => this.#subscribe(client, entry))));
        await client.eventsTaken();
      }
    } finally {
      this.#running = undefined;
    }
  }

  #due(tried: ReadonlySet<Entry>): readonly Entry[] {
    const due: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (due.length === windowLength) break;
      if (!entry.subscribed && !tried.has(entry)) due.push(entry);
    }
    return due;
  }

  async #subscribe(client: SmpClient, entry: Entry): Promise<SubscriptionResult> {
    const { queue } = entry;
    const error = await client.subscribeQueue(queue).then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
    );
    entry.subscribed = error === undefined && client.state === "ready";
    for (const waiter of entry.waiters.splice(0)) waiter(error);
    if (error !== undefined && !isRetryable(error)) this.#entries.delete(hexEncode(queue.recipientId));
    return { queue, error };
  }
}

/** Whether an error of a client says that retrying can help. */
export function isRetryable(error: Error): boolean {
  return "retryable" in error && error.retryable === true;
}
