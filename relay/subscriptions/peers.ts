/** What a subscription is to: a queue (recipient id), its notifications (notifier id), or a service. */
export type Topic = "queue" | "notifier" | "service";

/** What one process tells another, which serves a subscription, about it. */
export type PeerEvent =
  /** The queue, which was empty, has a message; or a notification waits. */
  | "arrived"
  /** Another instance serves the subscription from now on. */
  | "ended"
  /** The queue or notifier was deleted. */
  | "deleted"
  /** The operator has blocked the queue, or unblocked it. */
  | "status";

/** Takes what other instances tell. */
export type PeerListener = (topic: Topic, id: Uint8Array, event: PeerEvent) => void;

/**
 * The other processes on the same store: instances of the same relay where several share one, and commands of the
 * operator. Each subscription is served by one instance, its owner. What is told can be lost when an instance dies;
 * its clients subscribe anew then.
 */
export interface Peers {
  /** Makes this instance the owner; the previous one is told that it `ended`. */
  claim(topic: Topic, id: Uint8Array): Promise<void>;
  /** This instance no longer serves the subscription. */
  release(topic: Topic, id: Uint8Array): void;
  /** Tells the owner, if it is another instance. */
  tell(topic: Topic, id: Uint8Array, event: PeerEvent): Promise<void>;
  /** Begins to listen. */
  listen(listener: PeerListener): void;
  close(): Promise<void>;
}
