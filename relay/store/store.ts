import type { BlockingInfo } from "../../core/smp/blocking-info.ts";
import type { ServiceRole } from "../../core/smp/handshake.ts";
import type { AuthKey } from "../../core/smp/keys.ts";
import type { LinkData } from "../../core/smp/link-data.ts";
import type { QueueMode } from "../../core/smp/queue-mode.ts";

/** A value now, or soon: local stores answer at once, so that the hot path pays for no promise. */
export type Awaitable<T> = T | Promise<T>;

/** Whom an id of a queue was given to; each party knows the queue by another id. */
export type Party = "recipient" | "sender" | "link" | "notifier";

/** Whether commands on the queue are served; `blocked` is the operator's doing. */
export type QueueStatus =
  | { readonly type: "active" }
  | { readonly type: "off" }
  | { readonly type: "blocked"; readonly info: BlockingInfo };

/** Credentials with which a notification server subscribes to a queue. */
export interface Notifier {
  readonly notifierId: Uint8Array;
  readonly key: AuthKey;
  /** Raw X25519 secret shared with the recipient, 32 bytes. */
  readonly dhSecret: Uint8Array;
  /** The service that subscribes to it, once it has. */
  readonly serviceId: Uint8Array | undefined;
}

/** All that is known of a queue, without its messages and link data. */
export interface QueueRecord {
  readonly recipientId: Uint8Array;
  readonly senderId: Uint8Array;
  /** Any of them authorises the recipient's commands; at least one. */
  readonly recipientKeys: readonly AuthKey[];
  /** Raw X25519 secret that encrypts messages to the recipient, 32 bytes. */
  readonly dhSecret: Uint8Array;
  readonly senderKey: AuthKey | undefined;
  /** Undefined for queues of clients before version 9. */
  readonly mode: QueueMode | undefined;
  readonly linkId: Uint8Array | undefined;
  readonly notifier: Notifier | undefined;
  readonly status: QueueStatus;
  /** Seconds since the Unix epoch, in whole days: when it was created, used or suspended last. */
  readonly updatedAt: number;
  /** The service that receives from the queue. */
  readonly serviceId: Uint8Array | undefined;
}

/** What waits in a queue. The quota marker comes last in a queue that was full. */
export type StoredMessage =
  | {
      readonly type: "message";
      readonly id: Uint8Array;
      /** Seconds since the Unix epoch. */
      readonly timestamp: number;
      readonly notify: boolean;
      readonly body: Uint8Array;
    }
  | { readonly type: "quota"; readonly id: Uint8Array; readonly timestamp: number };

/** The kind of message that a sender sends. */
export type SentMessage = Extract<StoredMessage, { type: "message" }>;

/**
 * `stored`: `wasEmpty` says whether the message is the first in the queue.
 * `full`: the queue holds as many as its quota, or has not been emptied since it did.
 */
export type AddResult = { readonly type: "stored"; readonly wasEmpty: boolean } | { readonly type: "full" };

/** What an acknowledgement did: whether the message was still there, and the first message now. */
export interface Acknowledged {
  readonly deleted: boolean;
  readonly next: StoredMessage | undefined;
}

/** A notification that no notification server has had yet. */
export interface StoredNotification {
  readonly nonce: Uint8Array;
  readonly metadata: Uint8Array;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
}

/** Totals, for the operator. */
export interface StoreCounts {
  readonly queues: number;
  readonly messages: number;
  readonly notifications: number;
}

/**
 * What the relay remembers. Records are values: a change gives a new one, and the methods find the queue
 * by the recipient id of the record they are given. Writes take effect for later reads at once; they
 * survive a crash once `durable` has resolved. Every method throws `StoreError` when the storage fails.
 */
export interface QueueStore {
  /** Adds a queue, unless one of its ids is in use. */
  createQueue(queue: QueueRecord, link: LinkData | undefined): Awaitable<boolean>;
  /** The queue that `party` knows as `id`. */
  findQueue(party: Party, id: Uint8Array): Awaitable<QueueRecord | undefined>;
  /** Sets the sender's key, once; true if it is the key now. */
  secureQueue(queue: QueueRecord, key: AuthKey): Awaitable<boolean>;
  setRecipientKeys(queue: QueueRecord, keys: readonly AuthKey[]): Awaitable<void>;
  /** Sets link data; false when the link has other fixed data, or its id is in use. */
  setLink(queue: QueueRecord, linkId: Uint8Array, link: LinkData): Awaitable<boolean>;
  deleteLink(queue: QueueRecord): Awaitable<void>;
  linkData(queue: QueueRecord): Awaitable<LinkData | undefined>;
  /** Replaces the notifier, dropping notifications that wait for the old one; false when the id is in use. */
  setNotifier(queue: QueueRecord, notifier: Notifier): Awaitable<boolean>;
  deleteNotifier(queue: QueueRecord): Awaitable<void>;
  setStatus(queue: QueueRecord, status: QueueStatus): Awaitable<void>;
  /** Notes the day on which the queue was used. @param updatedAt seconds since the Unix epoch */
  touch(queue: QueueRecord, updatedAt: number): Awaitable<void>;
  /** Deletes the queue and all that belongs to it. */
  deleteQueue(queue: QueueRecord): Awaitable<void>;

  /** Adds a message; the one that does not fit becomes the quota marker. @param quota messages */
  addMessage(queue: QueueRecord, message: SentMessage, quota: number): Awaitable<AddResult>;
  firstMessage(queue: QueueRecord): Awaitable<StoredMessage | undefined>;
  /** Deletes the first message if it has this id. */
  acknowledge(queue: QueueRecord, messageId: Uint8Array): Awaitable<Acknowledged>;
  queueSize(queue: QueueRecord): Awaitable<number>;
  /** Deletes messages of one queue from its beginning that are older than `before` (seconds); how many. */
  expireQueue(queue: QueueRecord, before: number): Awaitable<number>;
  /** The same in all queues, in slices between which others run. */
  expireMessages(before: number): Promise<number>;
  /** Deletes suspended queues not used since `before` (seconds); how many. */
  expireSuspendedQueues(before: number): Promise<number>;

  /** Keeps a notification, dropping the oldest beyond `limit`. */
  addNotification(notifierId: Uint8Array, notification: StoredNotification, limit: number): Awaitable<void>;
  /** Removes and returns the notifications of a notifier, oldest first. */
  takeNotifications(notifierId: Uint8Array): Awaitable<readonly StoredNotification[]>;
  expireNotifications(before: number): Promise<number>;

  /** The id of the service with this certificate, `newId` if it is new; undefined when its role is another. */
  service(certHash: Uint8Array, role: ServiceRole, newId: Uint8Array): Awaitable<Uint8Array | undefined>;
  /** Associates the notifier of a queue with a service, or with none. */
  setNotifierService(queue: QueueRecord, serviceId: Uint8Array | undefined): Awaitable<void>;
  /** Associates a queue with the service that receives from it, or with none. */
  setQueueService(queue: QueueRecord, serviceId: Uint8Array | undefined): Awaitable<void>;
  /** The recipient ids of the queues that a service receives from. */
  serviceQueues(serviceId: Uint8Array): Awaitable<readonly Uint8Array[]>;
  /** The notifier ids that are associated with a service. */
  serviceNotifiers(serviceId: Uint8Array): Awaitable<readonly Uint8Array[]>;

  counts(): Awaitable<StoreCounts>;
  /**
   * Calls back when writes that were not durable yet are lost, or may be: what was built on them is void. After a
   * `StoreLostError` nothing is durable any more, and every write fails.
   */
  onFailure(callback: (error: StoreError) => void): void;
  /** Resolves when all writes so far survive a crash; undefined when they do already. */
  durable(): Promise<void> | undefined;
  /** Makes everything durable and releases the storage. */
  close(): Promise<void>;
}

/** The storage failed; what was to be written may not have been. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/**
 * The disk may have lost what was written, though the system still shows it: nothing more can be promised, until the
 * store is opened anew.
 */
export class StoreLostError extends StoreError {}

/** A queue was deleted after it was found: for whoever wants to use it, it is not there. */
export class QueueGoneError extends StoreError {
  constructor() {
    super("cannot use queue: it was deleted meanwhile");
  }
}
