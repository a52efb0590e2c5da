import { equalBytes } from "../../core/bytes/index.ts";
import type { Clock } from "../../core/clock/clock.ts";
import { boxNonceLength } from "../../core/crypto/box.ts";
import type { Random } from "../../core/crypto/random.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";
import { sealNotification } from "../../core/smp/notification.ts";
import { deliveryOf } from "../deliver.ts";
import { idKey, idOfKey } from "../id-key.ts";
import type { Session } from "../session/session.ts";
import type { Stats } from "../stats.ts";
import type { Notifier, QueueRecord, QueueStore, SentMessage, StoredNotification } from "../store/store.ts";
import type { PeerEvent, Peers, Topic } from "./peers.ts";
import { SubscriberRegistry } from "./registry.ts";
import type { Subscription } from "./subscription.ts";

/** What subscriptions need of the relay. */
export interface SubscriptionsOptions {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly stats: Stats;
  readonly notificationQuota: number;
  readonly peers: Peers | undefined;
  /** An error of the store outside of a command. */
  readonly report: (error: unknown) => void;
}

function isSameService({ service: one }: Session, { service: other }: Session): boolean {
  return one !== undefined && other !== undefined && equalBytes(one.serviceId, other.serviceId);
}

/**
 * Brings messages and notifications to the connections that are subscribed to them, one for each queue and
 * notifier, and tells a connection when another takes its place ("Subscribe to queue").
 */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #queues = new SubscriberRegistry<Session>();
  readonly #notifiers = new SubscriberRegistry<Session>();
  readonly #services = new SubscriberRegistry<Session>();

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    options.peers?.listen((topic, id, event) => {
      this.#heard(topic, id, event).catch(options.report);
    });
  }

  /** Subscriptions to queues and to notifications. */
  get counts(): { readonly queues: number; readonly notifiers: number } {
    return { queues: this.#queues.size, notifiers: this.#notifiers.size };
  }

  /** Subscribes a connection to a queue; the one before gets END. */
  async subscribe(session: Session, recipientId: Uint8Array): Promise<Subscription> {
    const id = idKey(recipientId);
    const subscription: Subscription = { kind: "subscribed", delivered: undefined, pending: false };
    session.queues.set(id, subscription);
    const previous = this.#queues.replace(id, session);
    // Another connection of the same service is told once for all its queues.
    if (previous !== undefined && isSameService(previous, session)) previous.queues.delete(id);
    else this.#endQueue(recipientId, previous, { type: "END" });
    await this.#options.peers?.claim("queue", recipientId);
    return subscription;
  }

  /** Delivers the first message of a queue for a connection, if it is due and none is out. */
  async first(
    session: Session,
    queue: QueueRecord,
    subscription: Subscription,
  ): Promise<BrokerMessage | undefined> {
    const id = idKey(queue.recipientId);
    if (session.congested) {
      session.deliverLater(id, subscription);
      return undefined;
    }
    const message = await this.#options.store.firstMessage(queue);
    if (message === undefined || subscription.delivered !== undefined) return undefined;
    if (session.queues.get(id) !== subscription) return undefined;
    subscription.delivered = message.id;
    return deliveryOf(queue, message);
  }

  /** As `first`, pushed; nothing comes from a queue that is blocked. */
  async pushFirst(session: Session, recipientId: Uint8Array, subscription: Subscription): Promise<void> {
    const queue = await this.#options.store.findQueue("recipient", recipientId);
    if (queue === undefined || queue.status.type === "blocked") return;
    const message = await this.first(session, queue, subscription);
    if (message !== undefined) session.push(recipientId, message);
  }

  /** A message came into an empty queue. */
  async arrived(queue: QueueRecord, message: SentMessage): Promise<void> {
    const { recipientId } = queue;
    const id = idKey(recipientId);
    const session = this.#queues.get(id);
    if (session === undefined) {
      await this.#options.peers?.tell("queue", recipientId, "arrived");
      return;
    }
    const subscription = session.queues.get(id);
    if (subscription === undefined || subscription.delivered !== undefined) return;
    if (session.congested) {
      session.deliverLater(id, subscription);
      return;
    }
    subscription.delivered = message.id;
    session.push(recipientId, deliveryOf(queue, message));
  }

  /** The queue was deleted over `by`: another connection that is subscribed gets DELD. */
  async deleted(by: Session, { recipientId, notifier }: QueueRecord): Promise<void> {
    const id = idKey(recipientId);
    by.queues.delete(id);
    const subscriber = this.#queues.remove(id);
    if (subscriber !== by) this.#endQueue(recipientId, subscriber, { type: "DELD" });
    await this.#options.peers?.tell("queue", recipientId, "deleted");
    if (notifier !== undefined) await this.notifierDeleted(by, notifier);
  }

  /** Subscribes a connection to the notifications of a queue; the one before gets END. */
  async subscribeNotifier(session: Session, { notifierId }: Notifier): Promise<void> {
    const id = idKey(notifierId);
    session.notifiers.add(id);
    this.#endNotifier(notifierId, this.#notifiers.replace(id, session), { type: "END" });
    await this.#options.peers?.claim("notifier", notifierId);
  }

  /** Subscribes a connection to all queues of its service, whose messages come as it can take them. */
  async subscribeQueues(session: Session, recipientIds: readonly Uint8Array[]): Promise<void> {
    for (const recipientId of recipientIds) {
      const id = idKey(recipientId);
      session.deliverLater(id, session.queues.get(id) ?? (await this.subscribe(session, recipientId)));
    }
  }

  /** Makes a connection the one of its service, for queues or notifications; the one before gets ENDS. */
  async subscribeService(session: Session, serviceId: Uint8Array): Promise<void> {
    this.#endService(serviceId, this.#services.replace(idKey(serviceId), session));
    await this.#options.peers?.claim("service", serviceId);
  }

  /** A single subscription to a notifier became one of a service. */
  leaveNotifier(notifierId: Uint8Array): void {
    const id = idKey(notifierId);
    this.#endNotifier(notifierId, this.#notifiers.remove(id), { type: "END" });
  }

  /** A notifier is no longer the service's that it was of: the connection of that service is told. */
  leaveService(by: Session, { notifierId, serviceId }: Notifier, message: BrokerMessage): void {
    const service = serviceId && this.#services.get(idKey(serviceId));
    if (service === undefined || service === by) return;
    service.serviceCount = Math.max(0, service.serviceCount - 1);
    service.push(notifierId, message);
  }

  /** A notifier was deleted or replaced over `by`: whoever is subscribed gets DELD. */
  async notifierDeleted(by: Session, notifier: Notifier): Promise<void> {
    const { notifierId } = notifier;
    const id = idKey(notifierId);
    const subscriber = this.#notifiers.remove(id);
    subscriber?.notifiers.delete(id);
    if (subscriber !== by) subscriber?.push(notifierId, { type: "DELD" });
    await this.#options.peers?.tell("notifier", notifierId, "deleted");
    this.leaveService(by, notifier, { type: "DELD" });
  }

  /** A message with the notification flag came: its notification goes out now, or waits. */
  async notify({ notifierId, dhSecret, serviceId }: Notifier, { id, timestamp }: SentMessage): Promise<void> {
    const { random, store, peers, notificationQuota, stats } = this.#options;
    const nonce = random(boxNonceLength);
    const metadata = sealNotification(dhSecret, nonce, { messageId: id, time: timestamp });
    const session =
      this.#notifiers.get(idKey(notifierId)) ?? (serviceId && this.#services.get(idKey(serviceId)));
    if (session !== undefined && !session.congested) {
      stats.count("notificationsSent");
      session.push(notifierId, { type: "NMSG", nonce, encryptedMeta: metadata });
      return;
    }
    await store.addNotification(notifierId, { nonce, metadata, timestamp }, notificationQuota);
    if (session !== undefined) session.notificationsPending = true;
    else if (serviceId === undefined) await peers?.tell("notifier", notifierId, "arrived");
    else await peers?.tell("service", serviceId, "arrived");
  }

  /** Pushes the notifications that wait for what a connection is subscribed to. */
  async pushNotifications(session: Session): Promise<void> {
    session.notificationsPending = false;
    for (const id of session.notifiers) await this.pushNotifier(session, idOfKey(id));
    const serviceId = session.service?.serviceId;
    if (serviceId === undefined || this.#services.get(idKey(serviceId)) !== session) return;
    for (const id of await this.#options.store.serviceNotifiers(serviceId))
      await this.pushNotifier(session, id);
  }

  /** Pushes the notifications that wait for one notifier. */
  async pushNotifier(session: Session, notifierId: Uint8Array): Promise<void> {
    if (session.congested) {
      session.notificationsPending = true;
      return;
    }
    const waiting: readonly StoredNotification[] = await this.#options.store.takeNotifications(notifierId);
    for (const { nonce, metadata } of waiting) {
      session.push(notifierId, { type: "NMSG", nonce, encryptedMeta: metadata });
    }
    this.#options.stats.count("notificationsSent", waiting.length);
  }

  /** A connection is gone. */
  left(session: Session): void {
    const { peers } = this.#options;
    // A queue that it only fetched from may have its subscriber here all the same.
    for (const id of session.queues.keys()) {
      if (this.#queues.leave(id, session)) peers?.release("queue", idOfKey(id));
    }
    for (const id of session.notifiers) {
      if (this.#notifiers.leave(id, session)) peers?.release("notifier", idOfKey(id));
    }
    const serviceId = session.service?.serviceId;
    if (serviceId !== undefined && this.#services.leave(idKey(serviceId), session))
      peers?.release("service", serviceId);
    session.queues.clear();
    session.notifiers.clear();
  }

  #endQueue(recipientId: Uint8Array, session: Session | undefined, message: BrokerMessage): void {
    session?.queues.delete(idKey(recipientId));
    session?.push(recipientId, message);
    if (session?.service !== undefined) session.serviceCount = Math.max(0, session.serviceCount - 1);
  }

  #endNotifier(notifierId: Uint8Array, session: Session | undefined, message: BrokerMessage): void {
    session?.notifiers.delete(idKey(notifierId));
    session?.push(notifierId, message);
  }

  #endService(serviceId: Uint8Array, session: Session | undefined): void {
    if (session === undefined) return;
    for (const id of session.queues.keys()) this.#queues.leave(id, session);
    session.queues.clear();
    session.push(serviceId, { type: "ENDS", count: session.serviceCount });
    session.serviceCount = 0;
    session.serviceSubscribed = false;
  }

  /** The operator blocked a queue: its subscriber is told why, and stays. Or unblocked it: what waits is delivered. */
  async #statusSet(recipientId: Uint8Array): Promise<void> {
    const queue = await this.#options.store.findQueue("recipient", recipientId);
    const id = idKey(recipientId);
    const session = this.#queues.get(id);
    const subscription = session?.queues.get(id);
    if (queue === undefined || session === undefined || subscription === undefined) return;
    if (queue.status.type !== "blocked") return this.pushFirst(session, recipientId, subscription);
    session.push(recipientId, { type: "ERR", error: { type: "BLOCKED", ...queue.status.info } });
  }

  /** Another process tells about a subscription that this one serves. */
  async #heard(topic: Topic, id: Uint8Array, event: PeerEvent): Promise<void> {
    const key = idKey(id);
    const ending: BrokerMessage = { type: event === "deleted" ? "DELD" : "END" };
    switch (topic) {
      case "queue": {
        if (event === "status") return this.#statusSet(id);
        const session = this.#queues.get(key);
        if (session === undefined) return;
        if (event !== "arrived") {
          this.#queues.remove(key);
          return this.#endQueue(id, session, ending);
        }
        const subscription = session.queues.get(key);
        if (subscription !== undefined) await this.pushFirst(session, id, subscription);
        return;
      }
      case "notifier": {
        const session = this.#notifiers.get(key);
        if (session === undefined) return;
        if (event === "arrived") return this.pushNotifier(session, id);
        this.#notifiers.remove(key);
        return this.#endNotifier(id, session, ending);
      }
      case "service": {
        const session = this.#services.get(key);
        if (session === undefined) return;
        if (event === "arrived") return this.pushNotifications(session);
        this.#services.remove(key);
        return this.#endService(id, session);
      }
    }
  }
}
