import { hexEncode } from "../bytes/index.ts";
import type { RelayAddress } from "../smp/address.ts";
import type { SmpClient } from "../smp/client/client.ts";
import type { EntityId } from "../smp/ids.ts";
import type { ConnectionId, ProfileId } from "./api.ts";
import { type OwnQueue, RelaySubscriptions, type SubscriptionHost } from "./relay-subscriptions.ts";
import { relayKey } from "./state/codecs.ts";
import type { Connection } from "./state/connection-record.ts";
import type { ReceiveQueue } from "./state/queue-records.ts";

/** Keeps the queues of all connections subscribed, over lost sessions and restarts of relays. */
export class Subscriptions {
  readonly #host: SubscriptionHost;
  readonly #relays = new Map<string, RelaySubscriptions>();

  constructor(host: SubscriptionHost) {
    this.#host = host;
  }

  /** The queue that a relay speaks of. */
  find(profile: ProfileId, relay: RelayAddress, recipientId: EntityId): OwnQueue | undefined {
    return this.#known(profile, relay)?.find(recipientId);
  }

  isSubscribed({ profile }: Connection, { relay, recipientId }: ReceiveQueue): boolean {
    return this.#known(profile, relay)?.isSubscribed(recipientId) ?? false;
  }

  /** Takes on the queues of a connection that are not known yet. */
  add({ id, profile, receive }: Connection): void {
    for (const queue of receive) this.#of(profile, queue.relay).add(id, queue);
  }

  /** A queue was subscribed when it was created, in the session of `client`. */
  created({ profile }: Connection, { relay, recipientId }: ReceiveQueue, client: SmpClient): void {
    this.#of(profile, relay).created(recipientId, client);
  }

  /** Lets go of queues that are no longer of this connection. */
  remove(id: ConnectionId, kept: readonly ReceiveQueue[]): void {
    const keys = new Set(kept.map(({ recipientId }) => hexEncode(recipientId)));
    for (const relay of this.#relays.values()) relay.remove(id, keys);
  }

  /** Subscribes what is due. */
  run(): void {
    for (const relay of this.#relays.values()) relay.run();
  }

  /** The session is lost, and with it the subscriptions. */
  disconnected(profile: ProfileId, relay: RelayAddress): void {
    this.#known(profile, relay)?.disconnected();
  }

  /** Subscribes a queue anew, after so many milliseconds: something went wrong with it. */
  renew({ profile, queue: { relay, recipientId } }: OwnQueue, delayMs: number): void {
    this.#known(profile, relay)?.renew(recipientId, delayMs);
  }

  /** Another connection has taken a queue over. @returns whether we leave it there */
  taken(profile: ProfileId, relay: RelayAddress, recipientId: EntityId): boolean {
    return this.#known(profile, relay)?.taken(recipientId) ?? true;
  }

  /** The relay has deleted a queue. */
  lost(profile: ProfileId, relay: RelayAddress, recipientId: EntityId): void {
    this.#known(profile, relay)?.lost(recipientId);
  }

  /** Tries again now what waits to be tried. */
  retryNow(): void {
    for (const relay of this.#relays.values()) relay.retryNow();
  }

  #known(profile: ProfileId, relay: RelayAddress): RelaySubscriptions | undefined {
    return this.#relays.get(`${profile} ${relayKey(relay)}`);
  }

  #of(profile: ProfileId, relay: RelayAddress): RelaySubscriptions {
    const known = this.#known(profile, relay);
    if (known !== undefined) return known;
    const added = new RelaySubscriptions(this.#host, profile, relay, (than) =>
      [...this.#relays.values()].some((one) => one !== than && one.profile === profile && one.isUp),
    );
    this.#relays.set(`${profile} ${relayKey(relay)}`, added);
    return added;
  }
}
