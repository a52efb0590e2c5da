import type { Cancel } from "../../clock/clock.ts";
import { TransportError } from "../../transport/errors.ts";
import type { RelayAddress } from "../address.ts";
import type { RecipientId } from "../ids.ts";
import { backoffMs } from "./backoff.ts";
import type { SmpClient } from "./client.ts";
import { connectClient } from "./connect.ts";
import type { PoolEvent, PoolOptions } from "./pool.ts";
import type { RecipientQueue } from "./queues.ts";
import { isRetryable, type Report, Subscriptions } from "./subscriptions.ts";

/** What a pool knows of its connection to a relay. */
export type RelayState =
  | { readonly type: "idle" }
  | { readonly type: "connecting" }
  | { readonly type: "ready" }
  | { readonly type: "waiting"; readonly error: Error };

/** After a failure, who asks within this time gets the same error, in milliseconds: no knocking in a loop. */
const errorHoldMs = 3_000;

/** User names for proxies have this many random bytes. */
const isolationLength = 16;

/** One connection of a pool: made when it is needed, made again as long as queues are to be subscribed. */
export class RelaySession {
  readonly relay: RelayAddress;
  readonly subscriptions = new Subscriptions();
  readonly #options: PoolOptions;
  readonly #emit: (event: PoolEvent) => Promise<void>;
  #client: SmpClient | undefined;
  #connecting: Promise<SmpClient> | undefined;
  #failures = 0;
  #lastError: { readonly error: Error; readonly atMs: number } | undefined;
  #retry: Cancel | undefined;
  #closed = false;

  /** @param emit hands an event to the reader of the pool, and waits while it is behind */
  constructor(relay: RelayAddress, options: PoolOptions, emit: (event: PoolEvent) => Promise<void>) {
    this.relay = relay;
    this.#options = options;
    this.#emit = emit;
  }

  get state(): RelayState {
    if (this.#client !== undefined) return { type: "ready" };
    if (this.#connecting !== undefined) return { type: "connecting" };
    return this.#lastError === undefined
      ? { type: "idle" }
      : { type: "waiting", error: this.#lastError.error };
  }

  /** The client, connected if need be. @throws TransportError; right after a failure, the same again */
  async client(): Promise<SmpClient> {
    if (this.#closed) throw new TransportError("closed", "cannot use relay: pool is closed");
    if (this.#client !== undefined) return this.#client;
    const { clock } = this.#options;
    if (this.#connecting === undefined && this.#lastError !== undefined) {
      if (clock.monotonicMs() - this.#lastError.atMs < errorHoldMs) throw this.#lastError.error;
    }
    return this.#connect();
  }

  /** Subscribes to a queue now and after each new connection. @throws Error of the first try */
  async subscribe(queue: RecipientQueue): Promise<void> {
    const result = this.subscriptions.add(queue);
    this.#keepGoing();
    const error = await result;
    if (error !== undefined) throw error;
  }

  /** The queue is no longer to be subscribed. */
  unsubscribe(recipientId: RecipientId): void {
    this.subscriptions.remove(recipientId);
  }

  close(): void {
    this.#closed = true;
    this.#retry?.();
    this.#client?.close();
    this.subscriptions.reset(new TransportError("closed", "pool is closed"));
  }

  #keepGoing(): void {
    const client = this.#client;
    if (client !== undefined) {
      queueMicrotask(() => this.#subscribe(client));
      return;
    }
    this.client().catch((error: Error) => {
      this.subscriptions.reset(error);
      if (this.#retry === undefined) this.#retryLater();
    });
  }

  #connect(): Promise<SmpClient> {
    if (this.#connecting !== undefined) return this.#connecting;
    this.#retry?.();
    this.#retry = undefined;
    const { connect, random } = this.#options;
    const isolation = Array.from(random(isolationLength), (byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    );
    const connecting = connectClient(connect, this.relay, this.#options, isolation).then(
      (client) => this.#ready(client),
      (error: Error) => this.#failed(error),
    );
    this.#connecting = connecting;
    return connecting;
  }

  #ready(client: SmpClient): SmpClient {
    this.#connecting = undefined;
    if (this.#closed) {
      client.close();
      throw new TransportError("closed", "cannot use relay: pool is closed");
    }
    this.#client = client;
    this.#failures = 0;
    this.#lastError = undefined;
    void this.#emit({ type: "connected", relay: this.relay });
    void this.#pump(client);
    void client.closed.then((reason) => this.#lost(reason));
    this.#subscribe(client);
    return client;
  }

  #failed(error: Error): never {
    this.#connecting = undefined;
    this.#failures++;
    this.#lastError = { error, atMs: this.#options.clock.monotonicMs() };
    this.subscriptions.reset(error);
    void this.#emit({ type: "failed", relay: this.relay, error });
    this.#retryLater();
    throw error;
  }

  #lost(reason: TransportError): void {
    this.#client = undefined;
    this.#failures = 1;
    const recipientIds = this.subscriptions.recipientIds;
    this.subscriptions.reset(reason);
    if (this.#closed) return;
    void this.#emit({ type: "disconnected", relay: this.relay, error: reason, recipientIds });
    this.#retryLater();
  }

  /** Connects again after a while, as long as there is something to subscribe to. */
  #retryLater(): void {
    if (this.#closed || this.subscriptions.size === 0) return;
    const { clock, random, backoff } = this.#options;
    const error = this.#lastError?.error;
    const failures = Math.max(1, this.#failures);
    const delayMs =
      error === undefined || isRetryable(error) ? backoffMs(backoff, failures, random) : backoff.maxMs;
    this.#retry?.();
    this.#retry = clock.after(delayMs, () => {
      this.#retry = undefined;
      if (this.subscriptions.size > 0 && this.#client === undefined) this.#connect().catch(() => undefined);
    });
  }

  #subscribe(client: SmpClient): void {
    const report: Report = (results) => {
      const subscribed = results
        .filter(({ error }) => error === undefined)
        .map(({ queue }) => queue.recipientId);
      if (subscribed.length > 0) {
        void this.#emit({ type: "subscribed", relay: this.relay, recipientIds: subscribed });
      }
      for (const { queue, error } of results) {
        if (error === undefined || client.state !== "ready") continue;
        void this.#emit({ type: "refused", relay: this.relay, recipientId: queue.recipientId, error });
      }
    };
    void this.subscriptions.run(client, report).then(() => this.#subscribeAgain(client));
  }

  /** Queues whose subscription failed for a while, on a connection that holds. */
  #subscribeAgain(client: SmpClient): void {
    if (!this.subscriptions.isDue || client.state !== "ready" || this.#retry !== undefined) return;
    const { clock, random, backoff } = this.#options;
    this.#retry = clock.after(backoffMs(backoff, 1, random), () => {
      this.#retry = undefined;
      if (client.state === "ready") this.#subscribe(client);
    });
  }

  /** Hands the events of a connection on, no faster than they are read. */
  async #pump(client: SmpClient): Promise<void> {
    for await (const event of client.events) {
      const { type } = event.message;
      // Another connection has the queue now, or nobody: to subscribe again would take it away from there.
      if (type === "END" || type === "DELD") this.subscriptions.remove(event.entityId);
      await this.#emit({ type: "event", relay: this.relay, ...event });
    }
  }
}
