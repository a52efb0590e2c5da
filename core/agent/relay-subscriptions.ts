import { hexEncode } from "../bytes/index.ts";
import type { Clock } from "../clock/clock.ts";
import type { Random } from "../crypto/random.ts";
import type { RelayAddress } from "../smp/address.ts";
import type { SmpClient } from "../smp/client/client.ts";
import type { EntityId } from "../smp/ids.ts";
import type { ConnectionId, ProfileId } from "./api.ts";
import type { Network } from "./network/network.ts";
import { RelayFault } from "./network/relay-fault.ts";
import { relayKey } from "./state/codecs.ts";
import type { ReceiveQueue } from "./state/queue-records.ts";
import { Backoff } from "./tasks/backoff.ts";

/** A queue of ours, and the connection it belongs to. */
export interface OwnQueue {
  readonly profile: ProfileId;
  readonly connection: ConnectionId;
  readonly queueId: number;
  readonly queue: ReceiveQueue;
}

/** What subscriptions need of the agent. */
export interface SubscriptionHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly stopped: boolean;
  /** Queues at a relay can, or can't, be received from now. */
  changed(type: "up" | "down", profile: ProfileId, relay: string, connections: readonly ConnectionId[]): void;
  /** A relay that is down is tried again then, by the wall clock; undefined: in a moment. */
  retryAt(profile: ProfileId, relay: string, atMs: number | undefined): void;
  /** The relay does not know a queue (any more), or refuses it. */
  refused(queue: OwnQueue, fault: RelayFault): void;
  /** A relay has been out of reach for long, while others were not. Told again each such time. */
  failing(relay: RelayAddress, connections: readonly ConnectionId[]): void;
  /** Whether a relay that the profile receives on, besides this one, can be reached. */
  reachesAnother(profile: ProfileId, relay: RelayAddress): Promise<boolean>;
  defect(error: unknown): void;
}

interface Subscribed extends OwnQueue {
  state: "due" | "subscribed" | "taken";
  /** Whether it will be subscribed anew in a while. */
  renewing: boolean;
  /** When another connection took it over last; milliseconds of the monotonic clock. */
  takenMs?: number;
}

/** A relay that can't be reached for this long is failing, in milliseconds: a day. */
const failingMs = 24 * 3_600_000;
/** How many queues are subscribed at a time in one session: some blocks, so that none waits for thousands. */
const batchSize = 500;
/** A queue that another connection took over is taken back after so long, in milliseconds. */
const takeBackMs = 30_000;
/** Unless that happened before within this time, in milliseconds: then another client uses it. */
const takenAgainMs = 600_000;
/** A session that lasted so long, in milliseconds, is made again at once. */
const steadyMs = 10_000;
const waits = { initialMs: 1_000, maxMs: 60_000 };
/** Of a shorter wait it is not told when it ends, in milliseconds. */
const toldWaitMs = 3_000;

/** Keeps all queues of a profile at one relay subscribed: they share a session. */
export class RelaySubscriptions {
  readonly profile: ProfileId;
  readonly relay: RelayAddress;
  readonly #host: SubscriptionHost;
  /** Whether another relay of the profile is in reach. */
  readonly #othersUp: (than: RelaySubscriptions) => boolean;
  /** By their recipient ids. */
  readonly #queues = new Map<string, Subscribed>();
  /** Waits after failures. */
  readonly #backoff: Backoff;
  /** Waits after sessions that were lost soon. */
  readonly #losses: Backoff;
  /** Since when queues are subscribed in the present session; milliseconds of the monotonic clock. */
  #upSinceMs: number | undefined;
  #running = false;
  /** Since when the relay is out of reach, or was said to be failing. */
  #failingSinceMs: number | undefined;
  /** What was told last of whether the relay can be reached. */
  #told: "up" | "down" | undefined;
  /** When it is tried again, as it was told since the relay is down. */
  #retryAtMs: number | undefined;

  constructor(
    host: SubscriptionHost,
    profile: ProfileId,
    relay: RelayAddress,
    othersUp: (than: RelaySubscriptions) => boolean,
  ) {
    this.#host = host;
    this.profile = profile;
    this.relay = relay;
    this.#othersUp = othersUp;
    this.#backoff = new Backoff(host.clock, host.random);
    this.#losses = new Backoff(host.clock, host.random);
  }

  get isUp(): boolean {
    return this.#told === "up";
  }

  find(recipientId: EntityId): OwnQueue | undefined {
    return this.#queues.get(hexEncode(recipientId));
  }

  isSubscribed(recipientId: EntityId): boolean {
    return this.#queues.get(hexEncode(recipientId))?.state === "subscribed";
  }

  /** Takes on a queue, unless it is known. */
  add(connection: ConnectionId, queue: ReceiveQueue): void {
    const key = hexEncode(queue.recipientId);
    if (this.#queues.has(key)) return;
    const own: OwnQueue = { profile: this.profile, connection, queueId: queue.id, queue };
    this.#queues.set(key, { ...own, state: "due", renewing: false });
  }

  /** A queue was subscribed when it was created, in the session of `client`. */
  created(recipientId: EntityId, client: SmpClient): void {
    const found = this.#queues.get(hexEncode(recipientId));
    if (found === undefined || client.state !== "ready") return;
    this.#subscribed(found);
    if (!this.isUp) this.#tell("up", [found.connection]);
  }

  /** Lets go of the queues of a connection, but those with these recipient ids, in hex. */
  remove(id: ConnectionId, kept: ReadonlySet<string>): void {
    for (const [key, { connection }] of this.#queues)
      if (connection === id && !kept.has(key)) this.#queues.delete(key);
  }

  /** The relay has deleted a queue, or it is left to another client. */
  lost(recipientId: EntityId): void {
    this.#queues.delete(hexEncode(recipientId));
  }

  /** The session is lost, and with it the subscriptions. */
  disconnected(): void {
    if (this.#queues.size === 0) return;
    const lost = new Set<ConnectionId>();
    for (const one of this.#queues.values()) {
      if (one.state === "subscribed") lost.add(one.connection);
      one.state = "due";
    }
    if (lost.size > 0) this.#tell("down", [...lost]);
    this.#runAgain();
  }

  /** Subscribes a queue anew, after so many milliseconds: something went wrong with it. */
  renew(recipientId: EntityId, delayMs: number): void {
    const found = this.#queues.get(hexEncode(recipientId));
    if (found === undefined || found.renewing) return;
    found.renewing = true;
    this.#host.clock.after(delayMs, () => {
      found.renewing = false;
      // Not due before: what is due is subscribed with others at once, and might go wrong as fast as a relay answers.
      if (found.state === "subscribed") found.state = "due";
      this.run();
    });
  }

  /**
   * Another connection has taken a queue over: one of our own, whose command was late, or that of another client.
   * @returns whether we leave it there
   */
  taken(recipientId: EntityId): boolean {
    const found = this.#queues.get(hexEncode(recipientId));
    if (found === undefined) return true;
    const nowMs = this.#host.clock.monotonicMs();
    if (found.takenMs !== undefined && nowMs - found.takenMs < takenAgainMs) {
      this.lost(recipientId);
      return true;
    }
    found.takenMs = nowMs;
    found.state = "taken";
    this.#host.clock.after(takeBackMs, () => {
      if (found.state !== "taken") return;
      found.state = "due";
      this.run();
    });
    return false;
  }

  /** Tries again now what waits to be tried. */
  retryNow(): void {
    this.#backoff.wake();
    this.#losses.wake();
  }

  /** Subscribes what is due. */
  run(): void {
    if (this.#running || this.#host.stopped) return;
    this.#running = true;
    this.#subscribe().catch((error: unknown) => {
      this.#host.defect(error);
      // What was due is still.
      void this.#backoff.wait(waits).then(() => {
        this.#running = false;
        this.run();
      });
    });
  }

  /** A relay that lets us in only to drop us must not be knocked at without end. */
  #runAgain(): void {
    const nowMs = this.#host.clock.monotonicMs();
    const lastedMs = nowMs - (this.#upSinceMs ?? nowMs);
    this.#upSinceMs = undefined;
    if (lastedMs >= steadyMs) {
      this.#losses.reset();
      this.run();
    } else {
      void this.#losses.wait(waits, this.#tellRetry).then(() => this.run());
    }
  }

  async #subscribe(): Promise<void> {
    for (;;) {
      const due = [...this.#queues].filter(([, { state }]) => state === "due").slice(0, batchSize);
      if (due.length === 0 || this.#host.stopped) {
        // At once, so that whatever falls due from now on finds it so.
        this.#running = false;
        return;
      }
      const results = await Promise.all(due.map(([, one]) => this.#subscribeOne(one)));
      if (this.#host.stopped) return;
      const up = new Set<ConnectionId>();
      let failed = false;
      due.forEach(([key, one], i) => {
        const fault = results[i];
        if (fault === undefined) up.add(one.connection);
        else if (fault.temporary || fault.host) failed = true;
        else {
          this.#queues.delete(key);
          this.#host.refused(one, fault);
        }
      });
      if (up.size > 0) this.#tell("up", [...up]);
      // A relay that was never reached is down, too; trying it again is not told each time.
      else if (failed && this.#told !== "down") this.#tell("down", []);
      await this.#watch(failed);
      if (this.#host.stopped) return;
      if (failed) await this.#backoff.wait(waits, this.#tellRetry);
      else this.#backoff.reset();
    }
  }

  /** Marks the queue as subscribed at once: a session that is lost after this has to find it so. */
  async #subscribeOne(one: Subscribed): Promise<RelayFault | undefined> {
    const { recipientId, authKey } = one.queue;
    try {
      await this.#host.network.withSession(this.profile, this.relay, async (client) => {
        await client.subscribeQueue({ recipientId, privateKey: authKey });
        if (client.state === "ready") this.#subscribed(one);
      });
      return undefined;
    } catch (error) {
      if (error instanceof RelayFault) return error;
      throw error;
    }
  }

  #subscribed(one: Subscribed): void {
    one.state = "subscribed";
    this.#upSinceMs ??= this.#host.clock.monotonicMs();
  }

  #tell(state: "up" | "down", connections: readonly ConnectionId[]): void {
    this.#told = state;
    this.#retryAtMs = undefined;
    this.#host.changed(state, this.profile, relayKey(this.relay), connections);
  }

  readonly #tellRetry = (delayMs: number): void => {
    if (this.#told !== "down") return;
    const atMs = delayMs < toldWaitMs ? undefined : Math.round(this.#host.clock.nowMs() + delayMs);
    if (atMs === this.#retryAtMs) return;
    this.#retryAtMs = atMs;
    this.#host.retryAt(this.profile, relayKey(this.relay), atMs);
  };

  /** Tells of a relay that keeps failing, unless it is we who are cut off: then no other relay is in reach either. */
  async #watch(failed: boolean): Promise<void> {
    const nowMs = this.#host.clock.monotonicMs();
    if (!failed) this.#failingSinceMs = undefined;
    else this.#failingSinceMs ??= nowMs;
    if (this.#failingSinceMs === undefined || nowMs - this.#failingSinceMs < failingMs) return;
    if (!(this.#othersUp(this) || (await this.#host.reachesAnother(this.profile, this.relay)))) return;
    this.#failingSinceMs = nowMs;
    const connections = new Set([...this.#queues.values()].map(({ connection }) => connection));
    this.#host.failing(this.relay, [...connections]);
  }
}
