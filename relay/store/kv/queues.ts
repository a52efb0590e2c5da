import { encode, equalBytes } from "../../../core/bytes/index.ts";
import type { AuthKey } from "../../../core/smp/keys.ts";
import { type LinkData, linkData as linkDataCodec } from "../../../core/smp/link-data.ts";
import { sameKey } from "../keys.ts";
import type { Party, QueueRecord, QueueStatus, StoredNotification } from "../store.ts";
import type { Kv, KvKey } from "./api.ts";
import type { Changes } from "./changes.ts";
import { recordCodec, stateCodec } from "./codecs.ts";
import { keys } from "./keys.ts";
import { removeNotifier } from "./notifiers.ts";
import { bytesOf, readValue } from "./values.ts";

/** Messages of a queue that are deleted in one go: a commit can hold 1,000 writes. */
const deletedTogether = 400;

/**
 * Queues and their links: the methods of `QueueStore` for them.
 * @param takeNotifications removes those of a notifier whose queue is deleted
 */
export function queueMethods(
  kv: Kv,
  changes: Changes,
  takeNotifications: (notifierId: Uint8Array) => Promise<readonly StoredNotification[]>,
) {
  async function createQueue(queue: QueueRecord, link: LinkData | undefined): Promise<boolean> {
    const { recipientId, senderId, linkId, notifier } = queue;
    const free: KvKey[] = [keys.queue(recipientId), keys.index("sender", senderId)];
    if (linkId) free.push(keys.index("link", linkId));
    if (notifier) free.push(keys.index("notifier", notifier.notifierId));
    const atomic = kv.atomic().check(...free.map((key) => ({ key, versionstamp: null })));
    for (const key of free.slice(1)) atomic.set(key, recipientId);
    atomic.set(keys.queue(recipientId), encode(recordCodec, queue));
    atomic.set(keys.state(recipientId), encode(stateCodec, { head: 0, next: 0, full: false }));
    if (link !== undefined) atomic.set(keys.link(recipientId), encode(linkDataCodec, link));
    if (queue.serviceId) atomic.set(keys.serviceQueue(queue.serviceId, recipientId), recipientId);
    if (queue.status.type === "off") atomic.set(keys.suspended(recipientId), recipientId);
    return (await atomic.commit()).ok;
  }

  async function findQueue(party: Party, id: Uint8Array): Promise<QueueRecord | undefined> {
    const recipientId = party === "recipient" ? id : bytesOf(await kv.get(keys.index(party, id)));
    // An id that leads nowhere is looked up all the same, so that it takes the same time.
    const entry = await kv.get(keys.queue(recipientId ?? id));
    return recipientId === undefined ? undefined : readValue(recordCodec, entry);
  }

  function secureQueue(queue: QueueRecord, key: AuthKey): Promise<boolean> {
    return changes.record(queue, (record) => {
      if (record.senderKey !== undefined) return { result: sameKey(record.senderKey, key) };
      return { result: true, next: { ...record, senderKey: key } };
    });
  }

  function setRecipientKeys(queue: QueueRecord, recipientKeys: readonly AuthKey[]): Promise<void> {
    return changes.record(queue, (record) => ({ result: undefined, next: { ...record, recipientKeys } }));
  }

  async function setLink(queue: QueueRecord, linkId: Uint8Array, link: LinkData): Promise<boolean> {
    const { recipientId } = queue;
    const present = await linkData(queue);
    return changes.record(queue, (record, atomic) => {
      if (record.linkId !== undefined) {
        if (!equalBytes(record.linkId, linkId)) return { result: false };
        if (present !== undefined && !equalBytes(present.fixedData, link.fixedData)) return { result: false };
      } else {
        atomic.check({ key: keys.index("link", linkId), versionstamp: null });
      }
      atomic.set(keys.index("link", linkId), recipientId);
      atomic.set(keys.link(recipientId), encode(linkDataCodec, link));
      return {
        result: true,
        next: { ...record, linkId },
        whenTaken: { key: keys.index("link", linkId), result: false },
      };
    });
  }

  function deleteLink(queue: QueueRecord): Promise<void> {
    return changes.record(queue, (record, atomic) => {
      if (record.linkId === undefined) return { result: undefined };
      atomic.delete(keys.index("link", record.linkId)).delete(keys.link(queue.recipientId));
      return { result: undefined, next: { ...record, linkId: undefined } };
    });
  }

  async function linkData({ recipientId }: QueueRecord): Promise<LinkData | undefined> {
    return readValue(linkDataCodec, await kv.get(keys.link(recipientId)));
  }

  function setStatus(queue: QueueRecord, status: QueueStatus): Promise<void> {
    const key = keys.suspended(queue.recipientId);
    return changes.record(queue, (record, atomic) => {
      if (status.type === "off") atomic.set(key, queue.recipientId);
      else atomic.delete(key);
      return { result: undefined, next: { ...record, status } };
    });
  }

  function touch(queue: QueueRecord, updatedAt: number): Promise<void> {
    return changes.record(queue, (record) => ({ result: undefined, next: { ...record, updatedAt } }));
  }

  async function deleteQueue({ recipientId }: QueueRecord): Promise<void> {
    await changes.retry(async () => {
      const [queueEntry, stateEntry] = await kv.getMany([keys.queue(recipientId), keys.state(recipientId)]);
      const record = readValue(recordCodec, queueEntry);
      const state = readValue(stateCodec, stateEntry);
      if (!queueEntry || !stateEntry || record === undefined || state === undefined)
        return { result: undefined };
      const atomic = kv.atomic().check(queueEntry, stateEntry);
      atomic.delete(queueEntry.key).delete(stateEntry.key).delete(keys.index("sender", record.senderId));
      atomic.delete(keys.link(recipientId)).delete(keys.suspended(recipientId));
      if (record.linkId) atomic.delete(keys.index("link", record.linkId));
      if (record.serviceId) atomic.delete(keys.serviceQueue(record.serviceId, recipientId));
      if (record.notifier) removeNotifier(atomic, record.notifier);
      if (!(await atomic.commit()).ok) return undefined;
      // Nobody finds the messages any more; they are too many for one operation.
      await deleteMessages(recipientId, state.head, state.next);
      if (record.notifier) await takeNotifications(record.notifier.notifierId);
      return { result: undefined };
    });
  }

  async function expireSuspendedQueues(before: number): Promise<number> {
    let count = 0;
    for await (const { value } of kv.list({ prefix: ["suspended"] })) {
      const queue = value instanceof Uint8Array ? await findQueue("recipient", value) : undefined;
      if (queue?.status.type !== "off" || queue.updatedAt >= before) continue;
      await deleteQueue(queue);
      count++;
    }
    return count;
  }

  async function deleteMessages(recipientId: Uint8Array, head: number, next: number): Promise<void> {
    for (let start = head; start < next; start += deletedTogether) {
      const atomic = kv.atomic();
      for (let no = start; no < Math.min(next, start + deletedTogether); no++) {
        atomic.delete(keys.message(recipientId, no));
      }
      await atomic.commit();
    }
  }

  return {
    createQueue,
    findQueue,
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
