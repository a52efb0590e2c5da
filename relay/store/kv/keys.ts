import type { Party } from "../store.ts";
import type { KvKey } from "./api.ts";

/** Where everything is in the KV. */
export const keys = {
  queue: (recipientId: Uint8Array): KvKey => ["queue", recipientId],
  state: (recipientId: Uint8Array): KvKey => ["state", recipientId],
  message: (recipientId: Uint8Array, no: number): KvKey => ["message", recipientId, no],
  index: (party: Exclude<Party, "recipient">, id: Uint8Array): KvKey => [party, id],
  link: (recipientId: Uint8Array): KvKey => ["link-data", recipientId],
  /** Queues by the day a message came, for expiry. */
  day: (day: number, recipientId: Uint8Array): KvKey => ["day", day, recipientId],
  suspended: (recipientId: Uint8Array): KvKey => ["suspended", recipientId],
  notification: (notifierId: Uint8Array, timestamp: number, nonce: Uint8Array): KvKey => [
    "notification",
    notifierId,
    timestamp,
    nonce,
  ],
  service: (certHash: Uint8Array): KvKey => ["service", certHash],
  serviceQueue: (serviceId: Uint8Array, recipientId: Uint8Array): KvKey => [
    "service-queue",
    serviceId,
    recipientId,
  ],
  serviceNotifier: (serviceId: Uint8Array, notifierId: Uint8Array): KvKey => [
    "service-notifier",
    serviceId,
    notifierId,
  ],
};
