import { hexEncode } from "../../bytes/index.ts";
import type { Connect } from "../../transport/doors.ts";
import { formatRelayAddress, type RelayAddress } from "../address.ts";
import type { CorrelationId, EntityId, RecipientId } from "../ids.ts";
import { idLength } from "../limits.ts";
import type { NewQueue } from "../new-queue.ts";
import type { QueueIds } from "../queue-ids.ts";
import { type Backoff, defaultBackoff } from "./backoff.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import type { SmpClient } from "./client.ts";
import type { ServerEvent } from "./events.ts";
import type { ClientOptions } from "./options.ts";
import type { AuthPrivateKey, RecipientQueue } from "./queues.ts";
import { RelaySession, type RelayState } from "./relay-session.ts";

/** What a pool is made with. */
export interface PoolOptions extends ClientOptions {
  readonly connect: Connect;
  readonly backoff: Backoff;
}

/** What a pool tells its reader. */
export type PoolEvent =
  /** A relay sent something unasked, or a message that answers SUB or ACK. */
  | ({ readonly type: "event"; readonly relay: RelayAddress } & ServerEvent)
  | { readonly type: "connected"; readonly relay: RelayAddress }
  /** A connection could not be made; it is tried again as long as queues are to be subscribed. */
  | { readonly type: "failed"; readonly relay: RelayAddress; readonly error: Error }
  /** A connection ended, and with it the subscriptions to these queues, until it is made again. */
  | {
      readonly type: "disconnected";
      readonly relay: RelayAddress;
      readonly error: Error;
      readonly recipientIds: readonly RecipientId[];
    }
  | {
      readonly type: "subscribed";
      readonly relay: RelayAddress;
      readonly recipientIds: readonly RecipientId[];
    }
  /** A relay refused a subscription. If retrying can't help, it is given up. */
  | {
      readonly type: "refused";
      readonly relay: RelayAddress;
      readonly recipientId: RecipientId;
      readonly error: Error;
    };

/** Events that wait for the reader before connections have to. */
const eventsMax = 64;

/**
 * The connections of one profile to all its relays: one for each relay, or one for each queue when the relay is not
 * to see that its queues belong together. Connections are made when they are needed; as long as there are
 * queues to be subscribed they are made again, with waits that grow, and the queues subscribed again.
 *
 * This is the way in for programs that speak SMP and nothing above it, such as a notifier or a monitor of relays: they
 * name their queues and read events. The agent has a session keeping of its own (`core/agent/network`,
 * `core/agent/subscriptions`), as it knows more: its queues are in its store, so it needs no second list of them; what
 * comes and goes with a session is told by connection, not by queue; commands of private routing share the session
 * with subscriptions; and a refused queue means something to the connection it belongs to. Both wait with the same
 * jitter, `spreadMs`.
 */
export class RelayPool {
  readonly #options: PoolOptions;
  readonly #isolateQueues: boolean;
  readonly #sessions = new Map<string, RelaySession>();
  readonly #events = new BoundedQueue<PoolEvent>(eventsMax);
  #closed = false;

  /** @param isolateQueues a connection of its own for each queue */
  constructor(options: Omit<PoolOptions, "backoff"> & { readonly backoff?: Backoff }, isolateQueues = false) {
    this.#options = { backoff: defaultBackoff, ...options };
    this.#isolateQueues = isolateQueues;
  }

  /** For one reader. While it does not read, relays have to wait. Ends with the pool. */
  get events(): AsyncIterable<PoolEvent> {
    return this.#events;
  }

  /** How it stands with the connection for a queue of a relay. */
  state(relay: RelayAddress, entityId?: EntityId): RelayState {
    return this.#sessions.get(this.#key(relay, entityId))?.state ?? { type: "idle" };
  }

  /**
   * The client for commands about a queue of a relay, connected if need be.
   * @throws TransportError when it can't be connected; shortly after such a failure, the same again
   */
  client(relay: RelayAddress, entityId?: EntityId): Promise<SmpClient> {
    return this.#session(relay, entityId).client();
  }

  /**
   * Creates a queue, and keeps it subscribed when the relay is asked to subscribe to it.
   * @throws as `SmpClient.createQueue`, and TransportError
   */
  async createQueue(
    relay: RelayAddress,
    key: AuthPrivateKey,
    queue: NewQueue,
    correlationId?: CorrelationId,
  ): Promise<QueueIds> {
    const placeholder = this.#isolateQueues ? this.#options.random(idLength) : undefined;
    const session = this.#session(relay, placeholder);
    const ids = await this.#create(session, key, queue, correlationId).catch((error: unknown) => {
      if (placeholder !== undefined) this.#forget(relay, placeholder);
      throw error;
    });
    this.#rename(relay, placeholder, ids.recipientId);
    if (queue.subscribeMode === "subscribe") {
      session.subscriptions.adopt({ recipientId: ids.recipientId, privateKey: key });
    }
    return ids;
  }

  /**
   * Subscribes to a queue and keeps it subscribed until it is unsubscribed, the relay refuses for good, or another
   * connection takes it over (END). Many at once share blocks.
   * @throws Error of the first try; if retrying can help, the pool goes on with it
   */
  subscribe(relay: RelayAddress, queue: RecipientQueue): Promise<void> {
    return this.#session(relay, queue.recipientId).subscribe(queue);
  }

  /**
   * The queue is no longer subscribed to again. A connection of its own ends; over a shared one the present
   * subscription lasts as long as the connection.
   */
  unsubscribe(relay: RelayAddress, recipientId: RecipientId): void {
    this.#sessions.get(this.#key(relay, recipientId))?.unsubscribe(recipientId);
    if (this.#isolateQueues) this.#forget(relay, recipientId);
  }

  /** Ends all connections. */
  close(): void {
    this.#closed = true;
    for (const session of this.#sessions.values()) session.close();
    this.#events.end();
  }

  #key(relay: RelayAddress, entityId: EntityId | undefined): string {
    const queue = this.#isolateQueues && entityId !== undefined ? hexEncode(entityId) : "";
    return `${formatRelayAddress(relay)} ${queue}`;
  }

  #session(relay: RelayAddress, entityId: EntityId | undefined): RelaySession {
    const key = this.#key(relay, entityId);
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const session = new RelaySession(relay, this.#options, (event) => this.#emit(event));
    if (this.#closed) session.close();
    else this.#sessions.set(key, session);
    return session;
  }

  async #create(session: RelaySession, ...queue: Parameters<SmpClient["createQueue"]>): Promise<QueueIds> {
    const client = await session.client();
    return client.createQueue(...queue);
  }

  /** A connection of one queue is of no use to others when the queue is not, or no longer, to be received. */
  #forget(relay: RelayAddress, entityId: EntityId): void {
    const key = this.#key(relay, entityId);
    this.#sessions.get(key)?.close();
    this.#sessions.delete(key);
  }

  /** The connection over which a queue was created becomes that of the queue. */
  #rename(relay: RelayAddress, from: EntityId | undefined, to: EntityId): void {
    if (from === undefined) return;
    const session = this.#sessions.get(this.#key(relay, from));
    this.#sessions.delete(this.#key(relay, from));
    if (session !== undefined) this.#sessions.set(this.#key(relay, to), session);
  }

  /** Messages wait for the reader; the few words about connections don't. */
  #emit(event: PoolEvent): Promise<void> {
    if (event.type === "event") return this.#events.push(event);
    this.#events.pushNow(event);
    return Promise.resolve();
  }
}
