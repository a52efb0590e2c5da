/** Every limit of a relay, in the unit that its name ends with. Each is a setting. */
export interface RelayLimits {
  /** Messages that a queue holds; the next one is refused with QUOTA. */
  readonly queueQuota: number;
  /** Age at which messages are deleted. */
  readonly messageTtlSeconds: number;
  /** Age at which notifications that no notification server took are deleted. */
  readonly notificationTtlSeconds: number;
  /** Notifications that wait for the notification server of one queue; the oldest go first. */
  readonly notificationQuota: number;
  /** Time after which a suspended queue is deleted. */
  readonly suspendedTtlSeconds: number;
  /** Time between two runs that delete what is too old. */
  readonly expiryIntervalSeconds: number;
  /** Time that a client may take for TLS and the SMP handshake. */
  readonly handshakeTimeoutSeconds: number;
  /** Time without a command after which a connection without subscriptions is closed. */
  readonly idleTimeoutSeconds: number;
  /** Time in which a client has to take something of what it is sent. */
  readonly slowReaderTimeoutSeconds: number;
  /** Time between two looks for connections that are over one of these two times: so much later they are closed. */
  readonly sweepIntervalSeconds: number;
  /** Connections at one time, over all doors. */
  readonly connectionsMax: number;
  /** Connections at one time from one address. 0: as many as there are. */
  readonly connectionsPerAddressMax: number;
  /** Queues that one address may create a minute, on average. 0: as many as it likes. */
  readonly newQueuesPerMinute: number;
  /** Queues that one address may create at once after a quiet time. */
  readonly newQueuesBurst: number;
  /** Subscriptions of one connection. */
  readonly subscriptionsPerConnectionMax: number;
  /** Proxied commands of one connection that wait for another relay. */
  readonly proxiedCommandsMax: number;
  /** Connections to other relays at one time, as a proxy. */
  readonly proxyConnectionsMax: number;
  /** Those among them that were made for clients of one address. 0: as many as there are. */
  readonly proxyConnectionsPerAddressMax: number;
}

const day = 86_400;

export const limitDefaults: RelayLimits = {
  queueQuota: 128,
  messageTtlSeconds: 21 * day,
  notificationTtlSeconds: day,
  notificationQuota: 128,
  suspendedTtlSeconds: 90 * day,
  expiryIntervalSeconds: 7200,
  handshakeTimeoutSeconds: 60,
  idleTimeoutSeconds: 21_600,
  slowReaderTimeoutSeconds: 60,
  sweepIntervalSeconds: 10,
  connectionsMax: 20_000,
  connectionsPerAddressMax: 5000,
  newQueuesPerMinute: 600,
  newQueuesBurst: 2000,
  subscriptionsPerConnectionMax: 100_000,
  proxiedCommandsMax: 32,
  proxyConnectionsMax: 200,
  proxyConnectionsPerAddressMax: 50,
};
