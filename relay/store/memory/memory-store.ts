import { equalBytes } from "../../../core/bytes/index.ts";
import type { ServiceRole } from "../../../core/smp/handshake.ts";
import type { AuthKey } from "../../../core/smp/keys.ts";
import type { LinkData } from "../../../core/smp/link-data.ts";
import { idKey, idOfKey } from "../../id-key.ts";
import { sameKey } from "../keys.ts";
import { MessageList } from "../messages.ts";
import type {
  Acknowledged,
  AddResult,
  Notifier,
  Party,
  QueueRecord,
  QueueStatus,
  QueueStore,
  SentMessage,
  StoreCounts,
  StoredMessage,
  StoredNotification,
  StoreError,
} from "../store.ts";
import { QueueGoneError } from "../store.ts";

interface Entry {
  record: QueueRecord;
  link: LinkData | undefined;
  readonly messages: MessageList;
}

/** Everything in memory and nothing on disk: for tests, and for a relay that is to forget. */
export class MemoryStore implements QueueStore {
  readonly #queues = new Map<string, Entry>();
  readonly #senders = new Map<string, Entry>();
  readonly #links = new Map<string, Entry>();
  readonly #notifiers = new Map<string, Entry>();
  readonly #notifications = new Map<string, StoredNotification[]>();
  readonly #services = new Map<string, { readonly id: Uint8Array; readonly role: ServiceRole }>();
  readonly #serviceNotifiers = new Map<string, Set<string>>();

  createQueue(queue: QueueRecord, link: LinkData | undefined): boolean {
    const recipientKey = idKey(queue.recipientId);
    const senderKey = idKey(queue.senderId);
    const linkKey = queue.linkId && idKey(queue.linkId);
    const notifierKey = queue.notifier && idKey(queue.notifier.notifierId);
    if (
      this.#queues.has(recipientKey) ||
      this.#senders.has(senderKey) ||
      (linkKey !== undefined && this.#links.has(linkKey)) ||
      (notifierKey !== undefined && this.#notifiers.has(notifierKey))
    ) {
      return false;
    }
    const entry: Entry = { record: queue, link, messages: new MessageList() };
    this.#queues.set(recipientKey, entry);
    this.#senders.set(senderKey, entry);
    if (linkKey !== undefined) this.#links.set(linkKey, entry);
    if (notifierKey !== undefined) this.#notifiers.set(notifierKey, entry);
    return true;
  }

  findQueue(party: Party, id: Uint8Array): QueueRecord | undefined {
    return this.#index(party).get(idKey(id))?.record;
  }

  secureQueue(queue: QueueRecord, key: AuthKey): boolean {
    const entry = this.#entry(queue);
    if (entry.record.senderKey !== undefined) return sameKey(entry.record.senderKey, key);
    entry.record = { ...entry.record, senderKey: key };
    return true;
  }

  setRecipientKeys(queue: QueueRecord, recipientKeys: readonly AuthKey[]): void {
    const entry = this.#entry(queue);
    entry.record = { ...entry.record, recipientKeys };
  }

  setLink(queue: QueueRecord, linkId: Uint8Array, link: LinkData): boolean {
    const entry = this.#entry(queue);
    const { linkId: present } = entry.record;
    if (present === undefined) {
      if (this.#links.has(idKey(linkId))) return false;
    } else if (
      !equalBytes(present, linkId) ||
      (entry.link && !equalBytes(entry.link.fixedData, link.fixedData))
    ) {
      return false;
    }
    entry.record = { ...entry.record, linkId };
    entry.link = link;
    this.#links.set(idKey(linkId), entry);
    return true;
  }

  deleteLink(queue: QueueRecord): void {
    const entry = this.#entry(queue);
    if (entry.record.linkId !== undefined) this.#links.delete(idKey(entry.record.linkId));
    entry.record = { ...entry.record, linkId: undefined };
    entry.link = undefined;
  }

  linkData(queue: QueueRecord): LinkData | undefined {
    return this.#entry(queue).link;
  }

  setNotifier(queue: QueueRecord, notifier: Notifier): boolean {
    const key = idKey(notifier.notifierId);
    if (this.#notifiers.has(key)) return false;
    this.deleteNotifier(queue);
    const entry = this.#entry(queue);
    entry.record = { ...entry.record, notifier };
    this.#notifiers.set(key, entry);
    return true;
  }

  deleteNotifier(queue: QueueRecord): void {
    const entry = this.#entry(queue);
    const { notifier } = entry.record;
    if (notifier === undefined) return;
    const key = idKey(notifier.notifierId);
    this.#dissociate(notifier);
    this.#notifiers.delete(key);
    this.#notifications.delete(key);
    entry.record = { ...entry.record, notifier: undefined };
  }

  setStatus(queue: QueueRecord, status: QueueStatus): void {
    const entry = this.#entry(queue);
    entry.record = { ...entry.record, status };
  }

  touch(queue: QueueRecord, updatedAt: number): void {
    const entry = this.#entry(queue);
    entry.record = { ...entry.record, updatedAt };
  }

  deleteQueue(queue: QueueRecord): void {
    this.deleteLink(queue);
    this.deleteNotifier(queue);
    this.#senders.delete(idKey(queue.senderId));
    this.#queues.delete(idKey(queue.recipientId));
  }

  addMessage(queue: QueueRecord, message: SentMessage, quota: number): AddResult {
    return this.#entry(queue).messages.add(message, quota);
  }

  firstMessage(queue: QueueRecord): StoredMessage | undefined {
    return this.#entry(queue).messages.first;
  }

  acknowledge(queue: QueueRecord, messageId: Uint8Array): Acknowledged {
    return this.#entry(queue).messages.acknowledge(messageId);
  }

  queueSize(queue: QueueRecord): number {
    return this.#entry(queue).messages.size;
  }

  expireQueue(queue: QueueRecord, before: number): number {
    return this.#entry(queue).messages.expire(before);
  }

  async expireMessages(before: number): Promise<number> {
    let count = 0;
    for (const { messages } of this.#queues.values()) count += messages.expire(before);
    return count;
  }

  async expireSuspendedQueues(before: number): Promise<number> {
    const old = [...this.#queues.values()].filter(
      ({ record }) => record.status.type === "off" && record.updatedAt < before,
    );
    for (const { record } of old) this.deleteQueue(record);
    return old.length;
  }

  addNotification(notifierId: Uint8Array, notification: StoredNotification, limit: number): void {
    const key = idKey(notifierId);
    const waiting = this.#notifications.get(key) ?? [];
    waiting.push(notification);
    if (waiting.length > limit) waiting.splice(0, waiting.length - limit);
    this.#notifications.set(key, waiting);
  }

  takeNotifications(notifierId: Uint8Array): readonly StoredNotification[] {
    const key = idKey(notifierId);
    const waiting = this.#notifications.get(key) ?? [];
    this.#notifications.delete(key);
    return waiting;
  }

  async expireNotifications(before: number): Promise<number> {
    let count = 0;
    for (const [key, waiting] of this.#notifications) {
      const kept = waiting.filter(({ timestamp }) => timestamp >= before);
      count += waiting.length - kept.length;
      if (kept.length === 0) this.#notifications.delete(key);
      else this.#notifications.set(key, kept);
    }
    return count;
  }

  service(certHash: Uint8Array, role: ServiceRole, newId: Uint8Array): Uint8Array | undefined {
    const key = idKey(certHash);
    const known = this.#services.get(key);
    if (known !== undefined) return known.role === role ? known.id : undefined;
    this.#services.set(key, { id: newId, role });
    return newId;
  }

  setNotifierService(queue: QueueRecord, serviceId: Uint8Array | undefined): void {
    const entry = this.#entry(queue);
    const { notifier } = entry.record;
    if (notifier === undefined) return;
    this.#dissociate(notifier);
    entry.record = { ...entry.record, notifier: { ...notifier, serviceId } };
    if (serviceId === undefined) return;
    const key = idKey(serviceId);
    const notifiers = this.#serviceNotifiers.get(key) ?? new Set<string>();
    this.#serviceNotifiers.set(key, notifiers.add(idKey(notifier.notifierId)));
  }

  setQueueService(queue: QueueRecord, serviceId: Uint8Array | undefined): void {
    const entry = this.#entry(queue);
    entry.record = { ...entry.record, serviceId };
  }

  serviceQueues(serviceId: Uint8Array): readonly Uint8Array[] {
    const all = Array.from(this.#queues.values(), ({ record }) => record);
    return all
      .filter((record) => record.serviceId !== undefined && equalBytes(record.serviceId, serviceId))
      .map(({ recipientId }) => recipientId);
  }

  serviceNotifiers(serviceId: Uint8Array): readonly Uint8Array[] {
    return Array.from(this.#serviceNotifiers.get(idKey(serviceId)) ?? [], idOfKey);
  }

  counts(): StoreCounts {
    let messages = 0;
    for (const entry of this.#queues.values()) messages += entry.messages.size;
    let notifications = 0;
    for (const waiting of this.#notifications.values()) notifications += waiting.length;
    return { queues: this.#queues.size, messages, notifications };
  }

  onFailure(_callback: (error: StoreError) => void): void {}

  durable(): undefined {
    return undefined;
  }

  async close(): Promise<void> {}

  #index(party: Party): Map<string, Entry> {
    switch (party) {
      case "recipient":
        return this.#queues;
      case "sender":
        return this.#senders;
      case "link":
        return this.#links;
      case "notifier":
        return this.#notifiers;
    }
  }

  #entry(queue: QueueRecord): Entry {
    const entry = this.#queues.get(idKey(queue.recipientId));
    if (entry === undefined) throw new QueueGoneError();
    return entry;
  }

  #dissociate({ notifierId, serviceId }: Notifier): void {
    if (serviceId !== undefined) this.#serviceNotifiers.get(idKey(serviceId))?.delete(idKey(notifierId));
  }
}
