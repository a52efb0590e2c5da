import type { ServiceRole } from "../../../core/smp/handshake.ts";
import { keyToBytes } from "../keys.ts";
import type { Notifier, QueueRecord, StoredNotification } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import { blob, integer, sameId } from "./rows.ts";

/** Notifiers, their notifications, and services: the methods of `QueueStore` for them. */
export function notifierMethods({ statements, cache, write }: SqliteContext) {
  function setNotifier(queue: QueueRecord, notifier: Notifier): boolean {
    if (cache.find("notifier", notifier.notifierId) !== undefined) return false;
    deleteNotifier(queue);
    storeNotifier(queue, notifier);
    return true;
  }

  function deleteNotifier(queue: QueueRecord): void {
    const { notifier } = cache.entryOf(queue).record;
    if (notifier === undefined) return;
    write(() => statements.deleteNotifications.run(notifier.notifierId));
    storeNotifier(queue, undefined);
  }

  function addNotification(notifierId: Uint8Array, notification: StoredNotification, limit: number): void {
    const { nonce, metadata, timestamp } = notification;
    write(() => {
      statements.insertNotification.run(notifierId, nonce, metadata, timestamp);
      statements.trimNotifications.run(notifierId, notifierId, limit);
    });
  }

  function takeNotifications(notifierId: Uint8Array): readonly StoredNotification[] {
    const rows = statements.notifications.all(notifierId);
    if (rows.length > 0) write(() => statements.deleteNotifications.run(notifierId));
    return rows.map((row) => ({
      nonce: blob(row, "nonce"),
      metadata: blob(row, "metadata"),
      timestamp: integer(row, "timestamp"),
    }));
  }

  async function expireNotifications(before: number): Promise<number> {
    return write(() => Number(statements.expireNotifications.run(before).changes));
  }

  function service(certHash: Uint8Array, role: ServiceRole, newId: Uint8Array): Uint8Array | undefined {
    const row = statements.service.get(certHash);
    if (row !== undefined) return row["role"] === role ? blob(row, "id") : undefined;
    write(() => statements.insertService.run(certHash, newId, role));
    return newId;
  }

  function setNotifierService(queue: QueueRecord, serviceId: Uint8Array | undefined): void {
    const { notifier } = cache.entryOf(queue).record;
    if (notifier === undefined || sameId(notifier.serviceId, serviceId)) return;
    storeNotifier(queue, { ...notifier, serviceId });
  }

  function setQueueService(queue: QueueRecord, serviceId: Uint8Array | undefined): void {
    const entry = cache.entryOf(queue);
    if (sameId(entry.record.serviceId, serviceId)) return;
    write(() => statements.setQueueService.run(serviceId ?? null, entry.no));
    entry.record = { ...entry.record, serviceId };
  }

  function serviceQueues(serviceId: Uint8Array): readonly Uint8Array[] {
    return statements.serviceQueues.all(serviceId).map((row) => blob(row, "recipient_id"));
  }

  function serviceNotifiers(serviceId: Uint8Array): readonly Uint8Array[] {
    return statements.serviceNotifiers.all(serviceId).map((row) => blob(row, "notifier_id"));
  }

  function storeNotifier(queue: QueueRecord, notifier: Notifier | undefined): void {
    const entry = cache.entryOf(queue);
    write(() =>
      statements.setNotifier.run(
        notifier?.notifierId ?? null,
        notifier ? keyToBytes(notifier.key) : null,
        notifier?.dhSecret ?? null,
        notifier?.serviceId ?? null,
        entry.no,
      ),
    );
    entry.record = { ...entry.record, notifier };
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
