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
import type { Connection } from "./state/connection-record.ts";
import type { ReceiveQueue } from "./state/queue-records.ts";
import { Backoff } from "./tasks/backoff.ts";

/** A queue of ours, and the connection it belongs to. */
export interface OwnQueue {
  readonly connection: ConnectionId;
  readonly queueId: number;
}

/** What subscriptions need of the agent. */
export interface SubscriptionHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly stopped: boolean;
  /** Queues at a relay can, or can't, be received from now. */
  changed(type: "up" | "down", profile: ProfileId, relay: string, connections: readonly ConnectionId[]): void;
  /** The relay does not know a queue (any more), or refuses it. */
  refused(queue: OwnQueue, fault: RelayFault): void;
  /** A relay has been out of reach for long, while others were not. Told again each such time. */
  failing(relay: RelayAddress, connections: readonly ConnectionId[]): void;
  defect(error: unknown): void;
}

interface Subscribed extends OwnQueue {
  readonly queue: ReceiveQueue;
  state: "due" | "subscribed" | "taken";
  /** When another connection took it over last; milliseconds of the monotonic clock. */
  takenMs?: number;
}

/** All queues of a profile at one relay: they share a session. */
interface Group {
  readonly profile: ProfileId;
  readonly relay: RelayAddress;
  readonly name: string;
  readonly queues: Map<string, Subscribed>;
  /** Waits after failures. */
  readonly backoff: Backoff;
  /** Waits after sessions that were lost soon. */
  readonly losses: Backoff;
  /** Since when queues are subscribed in the present session; milliseconds of the monotonic clock. */
  upSinceMs: number | undefined;
  running: boolean;
  /** Since when the relay is out of reach, or was said to be failing. */
  failingSinceMs: number | undefined;
  /** What was told last of whether the relay can be reached. */
  told: "up" | "down" | undefined;
}

/** A relay that can't be reached for this long is failing, in milliseconds: a day. */
const failingMs = 24 * 3_600_000;
/** How many queues are subscribed at a time in one session: some blocks, so that none waits for thousands. */
const batchSize = 500;
const renewMs = 1_000;
/** A queue that another connection took over is taken back after so long, in milliseconds. */
const takeBackMs = 30_000;
/** Unless that happened before within this time, in milliseconds: then another client uses it. */
const takenAgainMs = 600_000;
/** A session that lasted so long, in milliseconds, is made again at once. */
const steadyMs = 10_000;
const waits = { initialMs: 1_000, maxMs: 60_000 };

/** Keeps the queues of all connections subscribed, over lost sessions and restarts of relays. */
export class Subscriptions {
  readonly #host: SubscriptionHost;
  readonly #groups = new Map<string, Group>();

  constructor(host: SubscriptionHost) {
    this.#host = host;
  }

  /** The queue that a relay speaks of. */
  find(profile: ProfileId, relay: RelayAddress, recipientId: EntityId): OwnQueue | undefined {
    return this.#groups.get(groupKey(profile, relay))?.queues.get(hexEncode(recipientId));
  }

  isSubscribed({ profile }: Connection, { relay, recipientId }: ReceiveQueue): boolean {
    return (
      this.#groups.get(groupKey(profile, relay))?.queues.get(hexEncode(recipientId))?.state === "subscribed"
    );
  }

  /** Takes on the queues of a connection that are not known yet. */
  add({ id, profile, receive }: Connection): void {
    for (const queue of receive) {
      const group = this.#group(profile, queue.relay);
      const key = hexEncode(queue.recipientId);
      if (group.queues.has(key)) continue;
      group.queues.set(key, { connection: id, queueId: queue.id, queue, state: "due" });
    }
  }

  /** A queue was subscribed when it was created, in the session of `client`. */
  created({ profile }: Connection, { relay, recipientId }: ReceiveQueue, client: SmpClient): void {
    const group = this.#group(profile, relay);
    const found = group.queues.get(hexEncode(recipientId));
    if (found === undefined || client.state !== "ready") return;
    this.#subscribed(group, found);
    if (group.told !== "up") this.#tell(group, "up", [found.connection]);
  }

  /** Lets go of queues that are no longer of this connection. */
  remove(id: ConnectionId, kept: readonly ReceiveQueue[]): void {
    const keys = new Set(kept.map(({ recipientId }) => hexEncode(recipientId)));
    for (const group of this.#groups.values()) {
      for (const [key, { connection }] of group.queues)
        if (connection === id && !keys.has(key)) group.queues.delete(key);
    }
  }

  /** Subscribes what is due. */
  run(): void {
    for (const group of this.#groups.values()) this.#runGroup(group);
  }

  /** The session is lost, and with it the subscriptions. */
  disconnected(profile: ProfileId, relay: RelayAddress): void {
    const group = this.#groups.get(groupKey(profile, relay));
    if (group === undefined || group.queues.size === 0) return;
    const lost = new Set<ConnectionId>();
    for (const one of group.queues.values()) {
      if (one.state === "subscribed") lost.add(one.connection);
      one.state = "due";
    }
    if (lost.size > 0) this.#tell(group, "down", [...lost]);
    this.#runAgain(group);
  }

  #subscribed(group: Group, one: Subscribed): void {
    one.state = "subscribed";
    group.upSinceMs ??= this.#host.clock.monotonicMs();
  }

  /** A relay that lets us in only to drop us must not be knocked at without end. */
  #runAgain(group: Group): void {
    const nowMs = this.#host.clock.monotonicMs();
    const lastedMs = nowMs - (group.upSinceMs ?? nowMs);
    group.upSinceMs = undefined;
    if (lastedMs >= steadyMs) {
      group.losses.reset();
      this.#runGroup(group);
    } else {
      void group.losses.wait(waits).then(() => this.#runGroup(group));
    }
  }

  /** Subscribes a queue anew, after a while: something went wrong with it. */
  renew({ profile }: Connection, { relay, recipientId }: ReceiveQueue): void {
    const group = this.#groups.get(groupKey(profile, relay));
    const found = group?.queues.get(hexEncode(recipientId));
    if (group === undefined || found === undefined) return;
    found.state = "due";
    this.#host.clock.after(renewMs, () => this.#runGroup(group));
  }

  /**
   * Another connection has taken a queue over: one of our own, whose command was late, or that of another client.
   * @returns whether we leave it there
   */
  taken(profile: ProfileId, relay: RelayAddress, recipientId: EntityId): boolean {
    const group = this.#groups.get(groupKey(profile, relay));
    const found = group?.queues.get(hexEncode(recipientId));
    if (group === undefined || found === undefined) return true;
    const nowMs = this.#host.clock.monotonicMs();
    if (found.takenMs !== undefined && nowMs - found.takenMs < takenAgainMs) {
      this.lost(profile, relay, recipientId);
      return true;
    }
    found.takenMs = nowMs;
    found.state = "taken";
    this.#host.clock.after(takeBackMs, () => {
      if (found.state !== "taken") return;
      found.state = "due";
      this.#runGroup(group);
    });
    return false;
  }

  /** The relay has deleted a queue, or it is left to another client. */
  lost(profile: ProfileId, relay: RelayAddress, recipientId: EntityId): void {
    this.#groups.get(groupKey(profile, relay))?.queues.delete(hexEncode(recipientId));
  }

  /** Tries again now what waits to be tried. */
  retryNow(): void {
    for (const { backoff, losses } of this.#groups.values()) {
      backoff.wake();
      losses.wake();
    }
  }

  #tell(group: Group, state: "up" | "down", connections: readonly ConnectionId[]): void {
    group.told = state;
    this.#host.changed(state, group.profile, group.name, connections);
  }

  #group(profile: ProfileId, relay: RelayAddress): Group {
    const key = groupKey(profile, relay);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const { clock, random } = this.#host;
    const group: Group = {
      profile,
      relay,
      name: relayKey(relay),
      queues: new Map(),
      backoff: new Backoff(clock, random),
      losses: new Backoff(clock, random),
      upSinceMs: undefined,
      failingSinceMs: undefined,
      running: false,
      told: undefined,
    };
    this.#groups.set(key, group);
    return group;
  }

  #runGroup(group: Group): void {
    if (group.running || this.#host.stopped) return;
    group.running = true;
    this.#subscribe(group).catch((error: unknown) => {
      group.running = false;
      this.#host.defect(error);
    });
  }

  /** Tells of a relay that keeps failing, unless it is we who are cut off: then no relay of the profile is in reach. */
  #watch(group: Group, failed: boolean): void {
    const nowMs = this.#host.clock.monotonicMs();
    if (!failed) group.failingSinceMs = undefined;
    else group.failingSinceMs ??= nowMs;
    if (group.failingSinceMs === undefined || nowMs - group.failingSinceMs < failingMs) return;
    const others = [...this.#groups.values()].filter((one) => one !== group && one.profile === group.profile);
    if (!others.some(({ told }) => told === "up")) return;
    group.failingSinceMs = nowMs;
    this.#host.failing(group.relay, [
      ...new Set([...group.queues.values()].map(({ connection }) => connection)),
    ]);
  }

  async #subscribe(group: Group): Promise<void> {
    for (;;) {
      const due = [...group.queues].filter(([, { state }]) => state === "due").slice(0, batchSize);
      if (due.length === 0 || this.#host.stopped) {
        // At once, so that whatever falls due from now on finds it so.
        group.running = false;
        return;
      }
      const results = await Promise.all(due.map(([, one]) => this.#subscribeOne(group, one)));
      if (this.#host.stopped) return;
      const up = new Set<ConnectionId>();
      let failed = false;
      due.forEach(([key, one], i) => {
        const fault = results[i];
        if (fault === undefined) up.add(one.connection);
        else if (fault.temporary || fault.host) failed = true;
        else {
          group.queues.delete(key);
          this.#host.refused(one, fault);
        }
      });
      if (up.size > 0) this.#tell(group, "up", [...up]);
      // A relay that was never reached is down, too; trying it again is not told each time.
      else if (failed && group.told !== "down") this.#tell(group, "down", []);
      this.#watch(group, failed);
      if (failed) await group.backoff.wait(waits);
      else group.backoff.reset();
    }
  }

  /** Marks the queue as subscribed at once: a session that is lost after this has to find it so. */
  async #subscribeOne(group: Group, one: Subscribed): Promise<RelayFault | undefined> {
    const { profile, relay } = group;
    const { recipientId, authKey } = one.queue;
    try {
      await this.#host.network.withSession(profile, relay, async (client) => {
        await client.subscribeQueue({ recipientId, privateKey: authKey });
        if (client.state === "ready") this.#subscribed(group, one);
      });
      return undefined;
    } catch (error) {
      if (error instanceof RelayFault) return error;
      throw error;
    }
  }
}

function groupKey(profile: ProfileId, relay: RelayAddress): string {
  return `${profile} ${relayKey(relay)}`;
}
