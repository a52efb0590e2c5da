import {
  bool,
  type Codec,
  choice,
  list,
  maybe,
  seconds,
  shortBytes,
  struct,
  tail,
  union,
  word32,
} from "../../../core/bytes/index.ts";
import { blockingInfo } from "../../../core/smp/blocking-info.ts";
import type { ServiceRole } from "../../../core/smp/handshake.ts";
import { authKey } from "../../../core/smp/keys.ts";
import { queueMode } from "../../../core/smp/queue-mode.ts";
import type { Notifier, QueueRecord, QueueStatus, StoredMessage, StoredNotification } from "../store.ts";

const notifier: Codec<Notifier> = struct<Notifier>({
  notifierId: shortBytes,
  key: authKey,
  dhSecret: shortBytes,
  serviceId: maybe(shortBytes),
});

const status: Codec<QueueStatus> = union<QueueStatus>({
  active: { tag: "A", fields: {} },
  off: { tag: "O", fields: {} },
  blocked: { tag: "B", fields: { info: blockingInfo } },
});

/** A queue as a value. The status comes last, as its text goes on to the end. */
export const recordCodec: Codec<QueueRecord> = struct<QueueRecord>({
  recipientId: shortBytes,
  senderId: shortBytes,
  recipientKeys: list(authKey),
  dhSecret: shortBytes,
  senderKey: maybe(authKey),
  mode: maybe(queueMode),
  linkId: maybe(shortBytes),
  notifier: maybe(notifier),
  updatedAt: seconds,
  serviceId: maybe(shortBytes),
  status,
});

/** Which messages a queue has: the numbers from `head` up to `next`; the last is the quota marker when `full`. */
export interface QueueState {
  readonly head: number;
  readonly next: number;
  readonly full: boolean;
}

export const stateCodec: Codec<QueueState> = struct<QueueState>({ head: word32, next: word32, full: bool });

/** A message as a value. */
export const messageCodec: Codec<StoredMessage> = union<StoredMessage>({
  message: { tag: "M", fields: { id: shortBytes, timestamp: seconds, notify: bool, body: tail } },
  quota: { tag: "Q", fields: { id: shortBytes, timestamp: seconds } },
});

export const notificationCodec: Codec<StoredNotification> = struct<StoredNotification>({
  nonce: shortBytes,
  timestamp: seconds,
  metadata: tail,
});

/** What is known of a service by its certificate. */
export interface StoredService {
  readonly id: Uint8Array;
  readonly role: ServiceRole;
}

export const serviceCodec: Codec<StoredService> = struct<StoredService>({
  id: shortBytes,
  role: choice<ServiceRole>({ messaging: "M", notifier: "N", proxy: "P" }),
});
