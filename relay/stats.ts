/** What a relay counts: totals since its start, never by queue, client or address. */
export const statNames = [
  "connections",
  "handshakesFailed",
  "queuesCreated",
  "queuesSecured",
  "queuesDeleted",
  "messagesReceived",
  "messagesAcknowledged",
  "messagesExpired",
  "messagesRefusedQuota",
  "commandsRefusedAuth",
  "notificationsSent",
  "notificationsExpired",
  "proxySessions",
  "proxiedCommands",
  "forwardedCommands",
  "commandsRefusedLimit",
] as const;

export type StatName = (typeof statNames)[number];

/** Counters of events. */
export class Stats {
  readonly #counts = new Map<StatName, number>();

  count(name: StatName, by = 1): void {
    this.#counts.set(name, this.get(name) + by);
  }

  get(name: StatName): number {
    return this.#counts.get(name) ?? 0;
  }
}
