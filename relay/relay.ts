import type { Clock } from "../core/clock/clock.ts";
import { constantTimeEqual } from "../core/crypto/equal.ts";
import { CryptoError } from "../core/crypto/errors.ts";
import type { Random } from "../core/crypto/random.ts";
import type { Command } from "../core/smp/command.ts";
import type { CommandTransmission } from "../core/smp/transmission.ts";
import { TransportError } from "../core/transport/errors.ts";
import type { Transport } from "../core/transport/transport.ts";
import { networkOf } from "./doors/network-of.ts";
import { Room } from "./doors/room.ts";
import { type CommandContext, failure, type Outcome } from "./handlers/context.ts";
import { dispatch } from "./handlers/dispatch.ts";
import type { RelayIdentity } from "./identity/identity.ts";
import type { ForwardingProxy } from "./proxy/proxy.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { authorize, commandParty } from "./session/authorize.ts";
import { acceptHandshake } from "./session/handshake.ts";
import { Session } from "./session/session.ts";
import type { RelayLimits } from "./settings/limits.ts";
import { Stats } from "./stats.ts";
import { QueueGoneError, type QueueRecord, type QueueStore, StoreError } from "./store/store.ts";
import { StoredCounts } from "./stored-counts.ts";
import type { Peers } from "./subscriptions/peers.ts";
import type { Subscription } from "./subscriptions/subscription.ts";
import { Subscriptions } from "./subscriptions/subscriptions.ts";

/** What a relay is made of. */
export interface RelayOptions {
  readonly identity: RelayIdentity;
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: RelayLimits;
  /** Whether queues may be created. */
  readonly newQueues: boolean;
  /** What clients have to know to create queues and use the proxy; undefined: nothing. */
  readonly password: Uint8Array | undefined;
  /** Whether each message makes the old ones of its queue expire. */
  readonly expireOnSend?: boolean;
  /** Runs a callback after what is due now, such as `setImmediate`; `queueMicrotask` unless said otherwise. */
  readonly defer?: (callback: () => void) => void;
  /** Reaches other relays for clients; undefined: it does not. */
  readonly proxy?: ForwardingProxy;
  /** Other instances of this relay on the same store. */
  readonly peers?: Peers;
  /** An error that is not a client's fault. */
  readonly report?: (error: unknown) => void;
}

const secondsPerDay = 86_400;
/**
 * What is not refused for a queue that the operator has blocked: SEND, which refuses by itself; DEL, so that nobody has
 * to keep it; NSUB, so that notifications come again when it is unblocked. Not OFF, which would lift the block.
 */
const servedBlocked: ReadonlySet<Command["type"]> = new Set(["SEND", "DEL", "NSUB"]);
/** Blocks of all connections that may wait at a time: 128 MB. */
const blocksWaitingMax = 8192;
/** How long a relay counts as not healthy after a failure, in milliseconds. */
const unhealthyMs = 60_000;

/** An SMP relay, without the doors by which connections come to it. */
export class Relay {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: RelayLimits;
  readonly newQueues: boolean;
  readonly expireOnSend: boolean;
  readonly proxy: ForwardingProxy | undefined;
  readonly defer: (callback: () => void) => void;
  readonly report: (error: unknown) => void;
  readonly stats = new Stats();
  readonly storedCounts: StoredCounts;
  readonly subscriptions: Subscriptions;
  readonly newQueueLimiter: RateLimiter;
  /** What connections there are at the doors, those included that have not come to a handshake. */
  readonly room: Room;
  /** Blocks that have come over all connections and are not worked on yet. */
  blocksWaiting = 0;
  /** Replaced when the online certificate is. */
  identity: RelayIdentity;

  readonly #password: Uint8Array | undefined;
  readonly #sessions = new Set<Session>();
  readonly #handshakes = new Set<Transport>();
  readonly #connectionsByAddress = new Map<string, number>();
  readonly #peers: Peers | undefined;
  #stopping = false;
  /** When something failed last; milliseconds of the monotonic clock. */
  #failedMs = Number.NEGATIVE_INFINITY;

  constructor(options: RelayOptions) {
    this.identity = options.identity;
    this.store = options.store;
    this.clock = options.clock;
    this.storedCounts = new StoredCounts(options.store, options.clock);
    this.random = options.random;
    this.limits = options.limits;
    this.newQueues = options.newQueues;
    this.expireOnSend = options.expireOnSend ?? false;
    this.proxy = options.proxy;
    this.defer = options.defer ?? queueMicrotask;
    this.report = options.report ?? (() => undefined);
    this.room = new Room(options.limits.connectionsMax);
    this.#password = options.password;
    this.#peers = options.peers;
    this.newQueueLimiter = new RateLimiter(
      options.clock,
      options.limits.newQueuesPerMinute,
      options.limits.newQueuesBurst,
    );
    this.subscriptions = new Subscriptions({
      store: this.store,
      clock: this.clock,
      random: this.random,
      stats: this.stats,
      notificationQuota: this.limits.notificationQuota,
      peers: options.peers,
      report: this.report,
    });
    this.store.onFailure((error) => {
      this.#failed(error);
      this.#closeAll("store failed");
    });
  }

  /** Connections, with those that are still in their handshake. */
  get connectionCount(): number {
    return this.#sessions.size + this.#handshakes.size;
  }

  /** Whether nothing failed lately for a fault that is not a client's, such as a full disk. */
  get healthy(): boolean {
    return this.clock.monotonicMs() - this.#failedMs >= unhealthyMs;
  }

  /** Whether a connection may hold more than a few blocks that wait. */
  get hasRoomForBlocks(): boolean {
    return this.blocksWaiting < blocksWaitingMax;
  }

  get sessions(): Iterable<Session> {
    return this.#sessions;
  }

  /** Whether one more connection of this address is within the limits. */
  admits(remoteAddress: string): boolean {
    const { connectionsMax, connectionsPerAddressMax } = this.limits;
    if (this.#stopping || this.connectionCount >= connectionsMax) return false;
    if (connectionsPerAddressMax === 0) return true;
    return (this.#connectionsByAddress.get(networkOf(remoteAddress)) ?? 0) < connectionsPerAddressMax;
  }

  /**
   * Serves a connection until it ends. @param remoteAddress of the client, for its limits only
   * @returns once the handshake is done, or failed
   */
  async accept(transport: Transport, remoteAddress = ""): Promise<void> {
    if (!this.admits(remoteAddress)) {
      transport.close(new TransportError("closed", "cannot accept client: too many connections"));
      return;
    }
    const network = networkOf(remoteAddress);
    this.#handshakes.add(transport);
    this.#countAddress(network, 1);
    this.stats.count("connections");
    try {
      const { handshakeTimeoutSeconds } = this.limits;
      const agreed = await acceptHandshake(transport, {
        ...this.#handshakeContext(),
        handshakeTimeoutSeconds,
      });
      if (this.#stopping) throw new TransportError("closed", "cannot accept client: relay is stopping");
      const session = new Session(this, transport, agreed, network);
      this.#sessions.add(session);
      session.start();
    } catch (error) {
      this.#countAddress(network, -1);
      this.stats.count("handshakesFailed");
      if (!(error instanceof TransportError)) this.report(error);
      // What was said last, such as why a service is refused, is still to reach the client.
      transport.close();
    } finally {
      this.#handshakes.delete(transport);
    }
  }

  /** Carries a command out, if it is authorised. @param forwardedVersion of its form, when a proxy forwarded it */
  async carryOut(
    session: Session,
    transmission: CommandTransmission,
    forwardedVersion?: number,
  ): Promise<Outcome> {
    const { command, correlationId, entityId } = transmission;
    const isForwarded = forwardedVersion !== undefined;
    const version = forwardedVersion ?? session.version;
    try {
      const party = commandParty(command.type);
      const queue = party && (await this.store.findQueue(party, entityId));
      const service = isForwarded ? undefined : session.service;
      const { secrets, verifiers } = session;
      const error = authorize({ secrets, verifiers, service }, transmission, queue);
      if (error !== undefined) {
        if (error.type === "AUTH") this.stats.count("commandsRefusedAuth");
        return failure(error);
      }
      if (queue?.status.type === "blocked" && !servedBlocked.has(command.type)) {
        return failure({ type: "BLOCKED", ...queue.status.info });
      }
      if (queue !== undefined) await this.#touch(queue);
      const context: CommandContext = { relay: this, session, version, correlationId, entityId };
      return await dispatch(context, command, queue);
    } catch (error) {
      if (error instanceof CryptoError) return failure({ type: "CRYPTO" });
      if (error instanceof QueueGoneError) return failure({ type: "AUTH" });
      this.#failed(error);
      return failure(error instanceof StoreError ? { type: "STORE", text: "" } : { type: "INTERNAL" });
    }
  }

  /** Delivers a message that could not be delivered when it came. */
  deliverFirst(session: Session, recipientId: Uint8Array, subscription: Subscription): Promise<void> {
    return this.subscriptions.pushFirst(session, recipientId, subscription);
  }

  deliverNotifications(session: Session): Promise<void> {
    return this.subscriptions.pushNotifications(session);
  }

  /** A connection has ended. */
  left(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    this.subscriptions.left(session);
    this.#countAddress(session.remoteAddress, -1);
  }

  /** Whether a client knows the password, if there is one. */
  passwordMatches(password: Uint8Array | undefined): boolean {
    if (this.#password === undefined) return true;
    return password !== undefined && constantTimeEqual(this.#password, password);
  }

  /** Seconds since the Unix epoch. */
  nowSeconds(): number {
    return Math.floor(this.clock.nowMs() / 1000);
  }

  /** The beginning of the day in UTC, in seconds since the Unix epoch: no use is noted more exactly. */
  today(): number {
    const now = this.nowSeconds();
    return now - (now % secondsPerDay);
  }

  /** Resolves when others had their turn. */
  nextTick(): Promise<void> {
    return new Promise((resolve) => this.defer(resolve));
  }

  /** Ends all connections and makes what was promised durable; the store is still to be closed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.store.durable();
    await this.nextTick();
    this.#closeAll("relay is stopping");
    this.proxy?.close();
    await this.#peers?.close();
  }

  #failed(error: unknown): void {
    this.#failedMs = this.clock.monotonicMs();
    this.report(error);
  }

  #closeAll(reason: string): void {
    for (const session of this.#sessions) session.close();
    for (const transport of this.#handshakes) transport.close(new TransportError("closed", reason));
  }

  #handshakeContext() {
    const { identity, store, clock, random } = this;
    return { identity, store, clock, random };
  }

  #countAddress(address: string, by: number): void {
    const count = (this.#connectionsByAddress.get(address) ?? 0) + by;
    if (count > 0) this.#connectionsByAddress.set(address, count);
    else this.#connectionsByAddress.delete(address);
  }

  async #touch(queue: QueueRecord): Promise<void> {
    const today = this.today();
    if (queue.updatedAt !== today) await this.store.touch(queue, today);
  }
}
