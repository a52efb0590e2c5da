/**
 * What a connection receives of one queue. `get`: it fetches messages one by one, and may not subscribe;
 * the two are not mixed on one connection ("Receive a message from the queue").
 */
export interface Subscription {
  readonly kind: "subscribed" | "get";
  /** Id of the message that was delivered and is not acknowledged yet. */
  delivered: Uint8Array | undefined;
  /** A message waits until the connection can take it. */
  pending: boolean;
}

/** A connection as the subscribers' registry sees it. */
export interface Subscriber {
  /** By recipient id. */
  readonly queues: Map<string, Subscription>;
  /** Notifier ids. */
  readonly notifiers: Set<string>;
}
