import { encode } from "../../../core/bytes/index.ts";
import type { ServiceRole } from "../../../core/smp/handshake.ts";
import type { Notifier, QueueRecord, StoredNotification } from "../store.ts";
import type { Kv, KvAtomic } from "./api.ts";
import type { Changes } from "./changes.ts";
import { notificationCodec, recordCodec, serviceCodec } from "./codecs.ts";
import { keys } from "./keys.ts";
import { bytesOf, entries, readValue } from "./values.ts";

/** Notifiers, their notifications, and services: the methods of `QueueStore` for them. */
export function notifierMethods(kv: Kv, changes: Changes) {
  async function setNotifier(queue: QueueRecord, notifier: Notifier): Promise<boolean> {
    const key = keys.index("notifier", notifier.notifierId);
    await dropNotifications(queue);
    return changes.record(queue, (record, atomic) => {
      atomic.check({ key, versionstamp: null });
      if (record.notifier !== undefined) removeNotifier(atomic, record.notifier);
      atomic.set(key, queue.recipientId);
      return { result: true, next: { ...record, notifier }, whenTaken: { key, result: false } };
    });
  }

  async function deleteNotifier(queue: QueueRecord): Promise<void> {
    await dropNotifications(queue);
    return changes.record(queue, (record, atomic) => {
      if (record.notifier === undefined) return { result: undefined };
      removeNotifier(atomic, record.notifier);
      return { result: undefined, next: { ...record, notifier: undefined } };
    });
  }

  async function addNotification(
    notifierId: Uint8Array,
    notification: StoredNotification,
    limit: number,
  ): Promise<void> {
    const key = keys.notification(notifierId, notification.timestamp, notification.nonce);
    await kv.atomic().set(key, encode(notificationCodec, notification)).commit();
    const waiting = await entries(kv.list({ prefix: ["notification", notifierId] }));
    for (const old of waiting.slice(0, Math.max(0, waiting.length - limit))) {
      await kv.atomic().delete(old.key).commit();
    }
  }

  async function takeNotifications(notifierId: Uint8Array): Promise<readonly StoredNotification[]> {
    const taken: StoredNotification[] = [];
    for (const entry of await entries(kv.list({ prefix: ["notification", notifierId] }))) {
      const notification = readValue(notificationCodec, entry);
      // Of two instances that take the same, one gets it.
      const { ok } = await kv.atomic().check(entry).delete(entry.key).commit();
      if (ok && notification !== undefined) taken.push(notification);
    }
    return taken;
  }

  async function expireNotifications(before: number): Promise<number> {
    let count = 0;
    for await (const { key } of kv.list({ prefix: ["notification"] })) {
      const [, , timestamp] = key;
      if (typeof timestamp !== "number" || timestamp >= before) continue;
      await kv.atomic().delete(key).commit();
      count++;
    }
    return count;
  }

  async function service(
    certHash: Uint8Array,
    role: ServiceRole,
    newId: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const key = keys.service(certHash);
    return changes.retry(async () => {
      const entry = await kv.get(key);
      const known = readValue(serviceCodec, entry);
      if (known !== undefined) return { result: known.role === role ? known.id : undefined };
      const atomic = kv
        .atomic()
        .check(entry)
        .set(key, encode(serviceCodec, { id: newId, role }));
      return (await atomic.commit()).ok ? { result: newId } : undefined;
    });
  }

  function setNotifierService(queue: QueueRecord, serviceId: Uint8Array | undefined): Promise<void> {
    return changes.record(queue, (record, atomic) => {
      const { notifier } = record;
      if (notifier === undefined) return { result: undefined };
      if (notifier.serviceId) atomic.delete(keys.serviceNotifier(notifier.serviceId, notifier.notifierId));
      if (serviceId) atomic.set(keys.serviceNotifier(serviceId, notifier.notifierId), notifier.notifierId);
      return { result: undefined, next: { ...record, notifier: { ...notifier, serviceId } } };
    });
  }

  function setQueueService(queue: QueueRecord, serviceId: Uint8Array | undefined): Promise<void> {
    const { recipientId } = queue;
    return changes.record(queue, (record, atomic) => {
      if (record.serviceId) atomic.delete(keys.serviceQueue(record.serviceId, recipientId));
      if (serviceId) atomic.set(keys.serviceQueue(serviceId, recipientId), recipientId);
      return { result: undefined, next: { ...record, serviceId } };
    });
  }

  async function serviceQueues(serviceId: Uint8Array): Promise<readonly Uint8Array[]> {
    const found = await entries(kv.list({ prefix: ["service-queue", serviceId] }));
    return found.flatMap((entry) => bytesOf(entry) ?? []);
  }

  async function serviceNotifiers(serviceId: Uint8Array): Promise<readonly Uint8Array[]> {
    const found = await entries(kv.list({ prefix: ["service-notifier", serviceId] }));
    return found.flatMap((entry) => bytesOf(entry) ?? []);
  }

  async function dropNotifications(queue: QueueRecord): Promise<void> {
    const record = readValue(recordCodec, await kv.get(keys.queue(queue.recipientId)));
    if (record?.notifier !== undefined) await takeNotifications(record.notifier.notifierId);
  }

  return {
    setNotifier,
    deleteNotifier,
    addNotification,
    takeNotifications,
    expireNotifications,
    service,
    setNotifierService,
    setQueueService,
    serviceQueues,
    serviceNotifiers,
  };
}

/** Takes out what leads to a notifier. */
export function removeNotifier(atomic: KvAtomic, { notifierId, serviceId }: Notifier): void {
  atomic.delete(keys.index("notifier", notifierId));
  if (serviceId) atomic.delete(keys.serviceNotifier(serviceId, notifierId));
}
