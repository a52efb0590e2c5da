import { encode, equalBytes } from "../../../core/bytes/index.ts";
import type { ServiceRole } from "../../../core/smp/handshake.ts";
import type { AuthKey } from "../../../core/smp/keys.ts";
import { type LinkData, linkData } from "../../../core/smp/link-data.ts";
import { sameKey } from "../keys.ts";
import {
  type Acknowledged,
  type AddResult,
  type Notifier,
  type Party,
  QueueGoneError,
  type QueueRecord,
  type QueueStatus,
  type QueueStore,
  type SentMessage,
  type StoreCounts,
  type StoredMessage,
  type StoredNotification,
  StoreError,
} from "../store.ts";
import type { Kv, KvAtomic, KvKey } from "./api.ts";
import {
  messageCodec,
  notificationCodec,
  type QueueState,
  recordCodec,
  serviceCodec,
  stateCodec,
} from "./codecs.ts";
import { keys } from "./keys.ts";
import { advance, bytesOf, entries, readValue, stateOf } from "./values.ts";

/** How often a change is tried again when another instance was faster. */
const attemptsMax = 64;
const secondsPerDay = 86_400;
/** Messages of a queue that are deleted in one go: a commit can hold 1,000 writes. */
const deletedTogether = 400;

/**
 * The store in Deno KV, which several instances can share: every change is one atomic operation, tried
 * again when another instance changed the same queue meanwhile. What is written is durable at once.
 */
export class KvStore implements QueueStore {
  readonly #kv: Kv;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  async createQueue(queue: QueueRecord, link: LinkData | undefined): Promise<boolean> {
    const { recipientId, senderId, linkId, notifier } = queue;
    const free: KvKey[] = [keys.queue(recipientId), keys.index("sender", senderId)];
    if (linkId) free.push(keys.index("link", linkId));
    if (notifier) free.push(keys.index("notifier", notifier.notifierId));
    const atomic = this.#kv.atomic().check(...free.map((key) => ({ key, versionstamp: null })));
    for (const key of free.slice(1)) atomic.set(key, recipientId);
    atomic.set(keys.queue(recipientId), encode(recordCodec, queue));
    atomic.set(keys.state(recipientId), encode(stateCodec, { head: 0, next: 0, full: false }));
    if (link !== undefined) atomic.set(keys.link(recipientId), encode(linkData, link));
    if (queue.serviceId) atomic.set(keys.serviceQueue(queue.serviceId, recipientId), recipientId);
    if (queue.status.type === "off") atomic.set(keys.suspended(recipientId), recipientId);
    return (await atomic.commit()).ok;
  }

  async findQueue(party: Party, id: Uint8Array): Promise<QueueRecord | undefined> {
    const recipientId = party === "recipient" ? id : bytesOf(await this.#kv.get(keys.index(party, id)));
    // An id that leads nowhere is looked up all the same, so that it takes the same time.
    const entry = await this.#kv.get(keys.queue(recipientId ?? id));
    return recipientId === undefined ? undefined : readValue(recordCodec, entry);
  }

  secureQueue(queue: QueueRecord, key: AuthKey): Promise<boolean> {
    return this.#change(queue, (record) => {
      if (record.senderKey !== undefined) return { result: sameKey(record.senderKey, key) };
      return { result: true, next: { ...record, senderKey: key } };
    });
  }

  setRecipientKeys(queue: QueueRecord, recipientKeys: readonly AuthKey[]): Promise<void> {
    return this.#change(queue, (record) => ({ result: undefined, next: { ...record, recipientKeys } }));
  }

  async setLink(queue: QueueRecord, linkId: Uint8Array, link: LinkData): Promise<boolean> {
    const { recipientId } = queue;
    const present = await this.linkData(queue);
    return this.#change(queue, (record, atomic) => {
      if (record.linkId !== undefined) {
        if (!equalBytes(record.linkId, linkId)) return { result: false };
        if (present !== undefined && !equalBytes(present.fixedData, link.fixedData)) return { result: false };
      } else {
        atomic.check({ key: keys.index("link", linkId), versionstamp: null });
      }
      atomic.set(keys.index("link", linkId), recipientId);
      atomic.set(keys.link(recipientId), encode(linkData, link));
      return {
        result: true,
        next: { ...record, linkId },
        whenTaken: { key: keys.index("link", linkId), result: false },
      };
    });
  }

  deleteLink(queue: QueueRecord): Promise<void> {
    return this.#change(queue, (record, atomic) => {
      if (record.linkId === undefined) return { result: undefined };
      atomic.delete(keys.index("link", record.linkId)).delete(keys.link(queue.recipientId));
      return { result: undefined, next: { ...record, linkId: undefined } };
    });
  }

  async linkData({ recipientId }: QueueRecord): Promise<LinkData | undefined> {
    return readValue(linkData, await this.#kv.get(keys.link(recipientId)));
  }

  async setNotifier(queue: QueueRecord, notifier: Notifier): Promise<boolean> {
    const key = keys.index("notifier", notifier.notifierId);
    await this.#dropNotifications(queue);
    return this.#change(queue, (record, atomic) => {
      atomic.check({ key, versionstamp: null });
      if (record.notifier !== undefined) this.#removeNotifier(atomic, record.notifier);
      atomic.set(key, queue.recipientId);
      return { result: true, next: { ...record, notifier }, whenTaken: { key, result: false } };
    });
  }

  async deleteNotifier(queue: QueueRecord): Promise<void> {
    await this.#dropNotifications(queue);
    return this.#change(queue, (record, atomic) => {
      if (record.notifier === undefined) return { result: undefined };
      this.#removeNotifier(atomic, record.notifier);
      return { result: undefined, next: { ...record, notifier: undefined } };
    });
  }

  setStatus(queue: QueueRecord, status: QueueStatus): Promise<void> {
    const key = keys.suspended(queue.recipientId);
    return this.#change(queue, (record, atomic) => {
      if (status.type === "off") atomic.set(key, queue.recipientId);
      else atomic.delete(key);
      return { result: undefined, next: { ...record, status } };
    });
  }

  touch(queue: QueueRecord, updatedAt: number): Promise<void> {
    return this.#change(queue, (record) => ({ result: undefined, next: { ...record, updatedAt } }));
  }

  async deleteQueue({ recipientId }: QueueRecord): Promise<void> {
    await this.#retry(async () => {
      const [queueEntry, stateEntry] = await this.#kv.getMany([
        keys.queue(recipientId),
        keys.state(recipientId),
      ]);
      const record = readValue(recordCodec, queueEntry);
      const state = readValue(stateCodec, stateEntry);
      if (!queueEntry || !stateEntry || record === undefined || state === undefined)
        return { result: undefined };
      const atomic = this.#kv.atomic().check(queueEntry, stateEntry);
      atomic.delete(queueEntry.key).delete(stateEntry.key).delete(keys.index("sender", record.senderId));
      atomic.delete(keys.link(recipientId)).delete(keys.suspended(recipientId));
      if (record.linkId) atomic.delete(keys.index("link", record.linkId));
      if (record.serviceId) atomic.delete(keys.serviceQueue(record.serviceId, recipientId));
      if (record.notifier) this.#removeNotifier(atomic, record.notifier);
      if (!(await atomic.commit()).ok) return undefined;
      // Nobody finds the messages any more; they are too many for one operation.
      await this.#deleteMessages(recipientId, state.head, state.next);
      if (record.notifier) await this.takeNotifications(record.notifier.notifierId);
      return { result: undefined };
    });
  }

  addMessage(queue: QueueRecord, message: SentMessage, quota: number): Promise<AddResult> {
    const { recipientId } = queue;
    return this.#withState<AddResult>(recipientId, (state, atomic) => {
      if (state.full) return { result: { type: "full" } };
      const size = state.next - state.head;
      const full = size >= quota;
      const { id, timestamp } = message;
      const stored: StoredMessage = full ? { type: "quota", id, timestamp } : message;
      atomic.set(keys.message(recipientId, state.next), encode(messageCodec, stored));
      atomic.set(keys.day(dayOf(timestamp), recipientId), recipientId);
      const result: AddResult = full ? { type: "full" } : { type: "stored", wasEmpty: size === 0 };
      return { result, next: { ...state, next: state.next + 1, full } };
    });
  }

  async firstMessage({ recipientId }: QueueRecord): Promise<StoredMessage | undefined> {
    // Another instance may delete the message between the two reads; then the next one is the first.
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const state = await this.#state(recipientId);
      if (state.head === state.next) return undefined;
      const message = await this.#message(recipientId, state.head);
      if (message !== undefined) return message;
    }
    throw new StoreError("cannot read message: the queue changes all the time");
  }

  async acknowledge(queue: QueueRecord, messageId: Uint8Array): Promise<Acknowledged> {
    const { recipientId } = queue;
    const first = await this.firstMessage(queue);
    if (first === undefined || !equalBytes(first.id, messageId)) return { deleted: false, next: first };
    const deleted = await this.#retry(async () => {
      const entry = await this.#kv.get(keys.state(recipientId));
      const state = stateOf(entry);
      const message = state.head < state.next ? await this.#message(recipientId, state.head) : undefined;
      if (message === undefined || !equalBytes(message.id, messageId)) return { result: false };
      const next = advance(state, state.head + 1);
      const atomic = this.#kv.atomic().check(entry).delete(keys.message(recipientId, state.head));
      atomic.set(entry.key, encode(stateCodec, next));
      return (await atomic.commit()).ok ? { result: true } : undefined;
    });
    return { deleted, next: await this.firstMessage(queue) };
  }

  async queueSize({ recipientId }: QueueRecord): Promise<number> {
    const { head, next } = await this.#state(recipientId);
    return next - head;
  }

  async expireQueue({ recipientId }: QueueRecord, before: number): Promise<number> {
    let count = 0;
    for (;;) {
      const expired = await this.#withState(recipientId, async (state, atomic) => {
        if (state.head === state.next) return { result: false };
        const message = await this.#message(recipientId, state.head);
        if (message?.type === "quota" || (message && message.timestamp >= before)) return { result: false };
        atomic.delete(keys.message(recipientId, state.head));
        return { result: true, next: advance(state, state.head + 1) };
      });
      if (!expired) return count;
      count++;
    }
  }

  async expireMessages(before: number): Promise<number> {
    const today = dayOf(before);
    let count = 0;
    for await (const { key, value } of this.#kv.list({ prefix: ["day"], end: ["day", today + 1] })) {
      const queue = value instanceof Uint8Array ? await this.findQueue("recipient", value) : undefined;
      if (queue !== undefined) count += await this.expireQueue(queue, before);
      const [, day] = key;
      if (queue === undefined || (typeof day === "number" && day < today)) {
        await this.#kv.atomic().delete(key).commit();
      }
    }
    return count;
  }

  async expireSuspendedQueues(before: number): Promise<number> {
    let count = 0;
    for await (const { value } of this.#kv.list({ prefix: ["suspended"] })) {
      const queue = value instanceof Uint8Array ? await this.findQueue("recipient", value) : undefined;
      if (queue?.status.type !== "off" || queue.updatedAt >= before) continue;
      await this.deleteQueue(queue);
      count++;
    }
    return count;
  }

  async addNotification(
    notifierId: Uint8Array,
    notification: StoredNotification,
    limit: number,
  ): Promise<void> {
    const key = keys.notification(notifierId, notification.timestamp, notification.nonce);
    await this.#kv.atomic().set(key, encode(notificationCodec, notification)).commit();
    const waiting = await entries(this.#kv.list({ prefix: ["notification", notifierId] }));
    for (const old of waiting.slice(0, Math.max(0, waiting.length - limit))) {
      await this.#kv.atomic().delete(old.key).commit();
    }
  }

  async takeNotifications(notifierId: Uint8Array): Promise<readonly StoredNotification[]> {
    const taken: StoredNotification[] = [];
    for (const entry of await entries(this.#kv.list({ prefix: ["notification", notifierId] }))) {
      const notification = readValue(notificationCodec, entry);
      // Of two instances that take the same, one gets it.
      const { ok } = await this.#kv.atomic().check(entry).delete(entry.key).commit();
      if (ok && notification !== undefined) taken.push(notification);
    }
    return taken;
  }

  async expireNotifications(before: number): Promise<number> {
    let count = 0;
    for await (const { key } of this.#kv.list({ prefix: ["notification"] })) {
      const [, , timestamp] = key;
      if (typeof timestamp !== "number" || timestamp >= before) continue;
      await this.#kv.atomic().delete(key).commit();
      count++;
    }
    return count;
  }

  async service(certHash: Uint8Array, role: ServiceRole, newId: Uint8Array): Promise<Uint8Array | undefined> {
    const key = keys.service(certHash);
    return this.#retry(async () => {
      const entry = await this.#kv.get(key);
      const known = readValue(serviceCodec, entry);
      if (known !== undefined) return { result: known.role === role ? known.id : undefined };
      const atomic = this.#kv
        .atomic()
        .check(entry)
        .set(key, encode(serviceCodec, { id: newId, role }));
      return (await atomic.commit()).ok ? { result: newId } : undefined;
    });
  }

  setNotifierService(queue: QueueRecord, serviceId: Uint8Array | undefined): Promise<void> {
    return this.#change(queue, (record, atomic) => {
      const { notifier } = record;
      if (notifier === undefined) return { result: undefined };
      if (notifier.serviceId) atomic.delete(keys.serviceNotifier(notifier.serviceId, notifier.notifierId));
      if (serviceId) atomic.set(keys.serviceNotifier(serviceId, notifier.notifierId), notifier.notifierId);
      return { result: undefined, next: { ...record, notifier: { ...notifier, serviceId } } };
    });
  }

  setQueueService(queue: QueueRecord, serviceId: Uint8Array | undefined): Promise<void> {
    const { recipientId } = queue;
    return this.#change(queue, (record, atomic) => {
      if (record.serviceId) atomic.delete(keys.serviceQueue(record.serviceId, recipientId));
      if (serviceId) atomic.set(keys.serviceQueue(serviceId, recipientId), recipientId);
      return { result: undefined, next: { ...record, serviceId } };
    });
  }

  async serviceQueues(serviceId: Uint8Array): Promise<readonly Uint8Array[]> {
    const found = await entries(this.#kv.list({ prefix: ["service-queue", serviceId] }));
    return found.flatMap((entry) => bytesOf(entry) ?? []);
  }

  async serviceNotifiers(serviceId: Uint8Array): Promise<readonly Uint8Array[]> {
    const found = await entries(this.#kv.list({ prefix: ["service-notifier", serviceId] }));
    return found.flatMap((entry) => bytesOf(entry) ?? []);
  }

  async counts(): Promise<StoreCounts> {
    let queues = 0;
    let messages = 0;
    let notifications = 0;
    for await (const entry of this.#kv.list({ prefix: ["state"] })) {
      const state = stateOf(entry);
      queues++;
      messages += state.next - state.head;
    }
    for await (const _ of this.#kv.list({ prefix: ["notification"] })) notifications++;
    return { queues, messages, notifications };
  }

  onFailure(): void {}

  durable(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.#kv.close();
  }

  async #state(recipientId: Uint8Array): Promise<QueueState> {
    return stateOf(await this.#kv.get(keys.state(recipientId)));
  }

  async #message(recipientId: Uint8Array, no: number): Promise<StoredMessage | undefined> {
    return readValue(messageCodec, await this.#kv.get(keys.message(recipientId, no)));
  }

  #removeNotifier(atomic: KvAtomic, { notifierId, serviceId }: Notifier): void {
    atomic.delete(keys.index("notifier", notifierId));
    if (serviceId) atomic.delete(keys.serviceNotifier(serviceId, notifierId));
  }

  async #dropNotifications(queue: QueueRecord): Promise<void> {
    const record = await this.findQueue("recipient", queue.recipientId);
    if (record?.notifier !== undefined) await this.takeNotifications(record.notifier.notifierId);
  }

  async #deleteMessages(recipientId: Uint8Array, head: number, next: number): Promise<void> {
    for (let start = head; start < next; start += deletedTogether) {
      const atomic = this.#kv.atomic();
      for (let no = start; no < Math.min(next, start + deletedTogether); no++) {
        atomic.delete(keys.message(recipientId, no));
      }
      await atomic.commit();
    }
  }

  /** Changes a queue's record, with what goes with it. */
  #change<T>(
    queue: QueueRecord,
    change: (record: QueueRecord, atomic: KvAtomic) => Change<T, QueueRecord>,
  ): Promise<T> {
    const key = keys.queue(queue.recipientId);
    return this.#retry(async () => {
      const entry = await this.#kv.get(key);
      const record = readValue(recordCodec, entry);
      if (record === undefined) throw new QueueGoneError();
      const atomic = this.#kv.atomic().check(entry);
      const { result, next, whenTaken } = change(record, atomic);
      if (next === undefined) return { result };
      if ((await atomic.set(key, encode(recordCodec, next)).commit()).ok) return { result };
      if (whenTaken === undefined) return undefined;
      const taken = (await this.#kv.get(whenTaken.key)).versionstamp !== null;
      return taken ? { result: whenTaken.result } : undefined;
    });
  }

  /** Changes which messages a queue has, with the messages. */
  #withState<T>(
    recipientId: Uint8Array,
    change: (state: QueueState, atomic: KvAtomic) => Change<T, QueueState> | Promise<Change<T, QueueState>>,
  ): Promise<T> {
    return this.#retry(async () => {
      const entry = await this.#kv.get(keys.state(recipientId));
      const atomic = this.#kv.atomic().check(entry);
      const { result, next } = await change(stateOf(entry), atomic);
      if (next === undefined) return { result };
      return (await atomic.set(entry.key, encode(stateCodec, next)).commit()).ok ? { result } : undefined;
    });
  }

  async #retry<T>(attempt: () => Promise<{ readonly result: T } | undefined>): Promise<T> {
    for (let count = 0; count < attemptsMax; count++) {
      const done = await attempt();
      if (done !== undefined) return done.result;
    }
    throw new StoreError("cannot write to store: others change the same all the time");
  }
}

/** What a change comes to; `next` is what to write, if anything. */
interface Change<T, V> {
  readonly result: T;
  readonly next?: V;
  /** A key that had to be free, and the result when it is not. */
  readonly whenTaken?: { readonly key: KvKey; readonly result: T };
}

function dayOf(timestamp: number): number {
  return Math.floor(timestamp / secondsPerDay);
}
