import { equalBytes } from "../../../core/bytes/index.ts";
import type { AuthKey } from "../../../core/smp/keys.ts";
import type { LinkData } from "../../../core/smp/link-data.ts";
import { keysToBytes, keyToBytes, sameKey } from "../keys.ts";
import type { QueueRecord, QueueStatus } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import { blob, integer, statusToText } from "./rows.ts";

/** Suspended queues deleted in one go, before other work gets its turn. */
const expirySlice = 200;

/** Queues and their links: the methods of `QueueStore` for them. */
export function queueMethods({ statements, cache, write, nextTick }: SqliteContext) {
  function createQueue(queue: QueueRecord, link: LinkData | undefined): boolean {
    const { senderId, linkId, notifier } = queue;
    if (
      cache.find("recipient", queue.recipientId) !== undefined ||
      cache.find("sender", senderId) !== undefined ||
      (linkId && cache.find("link", linkId) !== undefined) ||
      (notifier && cache.find("notifier", notifier.notifierId) !== undefined)
    ) {
      return false;
    }
    return write(() => {
      const { lastInsertRowid } = statements.insertQueue.run(
        queue.recipientId,
        senderId,
        linkId ?? null,
        notifier?.notifierId ?? null,
        keysToBytes(queue.recipientKeys),
        queue.dhSecret,
        queue.senderKey ? keyToBytes(queue.senderKey) : null,
        queue.mode ?? null,
        notifier ? keyToBytes(notifier.key) : null,
        notifier?.dhSecret ?? null,
        notifier?.serviceId ?? null,
        statusToText(queue.status),
        queue.updatedAt,
        queue.serviceId ?? null,
      );
      const no = Number(lastInsertRowid);
      if (link !== undefined) statements.setLinkData.run(no, link.fixedData, link.userData);
      cache.add(no, queue);
      return true;
    });
  }

  function secureQueue(queue: QueueRecord, key: AuthKey): boolean {
    const entry = cache.entryOf(queue);
    if (entry.record.senderKey !== undefined) return sameKey(entry.record.senderKey, key);
    write(() => statements.setSenderKey.run(keyToBytes(key), entry.no));
    entry.record = { ...entry.record, senderKey: key };
    return true;
  }

  function setRecipientKeys(queue: QueueRecord, recipientKeys: readonly AuthKey[]): void {
    const entry = cache.entryOf(queue);
    write(() => statements.setRecipientKeys.run(keysToBytes(recipientKeys), entry.no));
    entry.record = { ...entry.record, recipientKeys };
  }

  function setLink(queue: QueueRecord, linkId: Uint8Array, link: LinkData): boolean {
    const entry = cache.entryOf(queue);
    const present = entry.record.linkId;
    if (present === undefined) {
      if (cache.find("link", linkId) !== undefined) return false;
    } else {
      if (!equalBytes(present, linkId)) return false;
      const data = linkData(queue);
      if (data !== undefined && !equalBytes(data.fixedData, link.fixedData)) return false;
    }
    write(() => {
      if (present === undefined) statements.setLinkId.run(linkId, entry.no);
      statements.setLinkData.run(entry.no, link.fixedData, link.userData);
    });
    entry.record = { ...entry.record, linkId };
    return true;
  }

  function deleteLink(queue: QueueRecord): void {
    const entry = cache.entryOf(queue);
    if (entry.record.linkId === undefined) return;
    write(() => {
      statements.setLinkId.run(null, entry.no);
      statements.deleteLinkData.run(entry.no);
    });
    entry.record = { ...entry.record, linkId: undefined };
  }

  function linkData(queue: QueueRecord): LinkData | undefined {
    const row = statements.linkData.get(cache.entryOf(queue).no);
    return row && { fixedData: blob(row, "fixed_data"), userData: blob(row, "user_data") };
  }

  function setStatus(queue: QueueRecord, status: QueueStatus): void {
    const entry = cache.entryOf(queue);
    write(() => statements.setStatus.run(statusToText(status), entry.no));
    entry.record = { ...entry.record, status };
  }

  function touch(queue: QueueRecord, updatedAt: number): void {
    const entry = cache.entryOf(queue);
    write(() => statements.touch.run(updatedAt, entry.no));
    entry.record = { ...entry.record, updatedAt };
  }

  function deleteQueue(queue: QueueRecord): void {
    const { no, record } = cache.entryOf(queue);
    write(() => {
      if (record.notifier) statements.deleteNotifications.run(record.notifier.notifierId);
      statements.deleteMessages.run(no);
      statements.deleteLinkData.run(no);
      statements.deleteQueue.run(no);
    });
    cache.remove(no);
  }

  async function expireSuspendedQueues(before: number): Promise<number> {
    let count = 0;
    for (;;) {
      const rows = statements.suspendedQueues.all(before, expirySlice);
      for (const row of rows) {
        const entry = cache.entry(integer(row, "no"));
        if (entry !== undefined) deleteQueue(entry.record);
      }
      count += rows.length;
      if (rows.length < expirySlice) return count;
      await nextTick();
    }
  }

  return {
    createQueue,
    secureQueue,
    setRecipientKeys,
    setLink,
    deleteLink,
    linkData,
    setStatus,
    touch,
    deleteQueue,
    expireSuspendedQueues,
  };
}
