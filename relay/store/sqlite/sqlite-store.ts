import { equalBytes } from "../../../core/bytes/index.ts";
import type { ServiceRole } from "../../../core/smp/handshake.ts";
import type { AuthKey } from "../../../core/smp/keys.ts";
import type { LinkData } from "../../../core/smp/link-data.ts";
import { idKey } from "../../id-key.ts";
import { Lru } from "../../lru.ts";
import { keysToBytes, keyToBytes, sameKey } from "../keys.ts";
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
import type { Database } from "./database.ts";
import { type Defer, GroupCommit } from "./group-commit.ts";
import { blob, integer, recordFromRow, sameId, statusToText } from "./rows.ts";
import { prepareAll } from "./statements.ts";

/** What is kept of a message without its body. */
interface MessageHead {
  readonly no: number;
  readonly id: Uint8Array;
  readonly timestamp: number;
  readonly kind: number;
}

/** A queue in the cache; its messages are known once they were needed. */
interface Entry {
  readonly no: number;
  record: QueueRecord;
  messages: MessageHead[] | undefined;
}

const kindSilent = 0;
const kindNotify = 1;
const kindQuota = 2;

/** Queues whose records and message heads are kept in memory. */
const cachedQueuesMax = 4096;
/** Messages deleted in one go by expiry, before other work gets its turn. */
const expirySlice = 200;

/**
 * The store in one SQLite file. Reads and writes are synchronous; `durable` waits for the group commit.
 * Each id is looked up in its index even when its queue is cached, and for an id of none some queue is read where
 * one of a queue would be: so the time does not tell whether there is one (relay-timing.bench.ts).
 */
export class SqliteStore implements QueueStore {
  readonly #database: Database;
  readonly #group: GroupCommit;
  readonly #defer: Defer;
  readonly #entries = new Lru<number, Entry>(cachedQueuesMax);
  readonly #statements;
  /** Ids of no queue that were asked for lately: like those of cached queues, they are not looked up further. */
  readonly #absent = new Lru<string, true>(cachedQueuesMax);
  /** The rows of records that were given out, so that their ids are not looked up again. */
  readonly #numbers = new WeakMap<QueueRecord, number>();
  readonly #failed: (() => void)[] = [];
  #nextMessage: number;
  /** The highest number of a queue, about. */
  #lastQueue: number;
  #dataVersion: number;
  #dataVersionChecked = false;

  /**
   * @param defer runs a callback when the tick is over, such as `setImmediate`
   * @param pause see `GroupCommit`
   */
  constructor(database: Database, defer: Defer, pause?: () => Promise<void>) {
    this.#database = database;
    this.#defer = defer;
    this.#group = new GroupCommit(database, defer, () => this.#onRollback(), pause);
    this.#statements = prepareAll(database);
    this.#nextMessage = this.#loadNextMessage();
    const last = this.#statements.lastQueue.get();
    this.#lastQueue = last === undefined ? 0 : integer(last, "no");
    this.#dataVersion = this.#readDataVersion();
  }

  createQueue(queue: QueueRecord, link: LinkData | undefined): boolean {
    const { senderId, linkId, notifier } = queue;
    if (
      this.#find("recipient", queue.recipientId) !== undefined ||
      this.#find("sender", senderId) !== undefined ||
      (linkId && this.#find("link", linkId) !== undefined) ||
      (notifier && this.#find("notifier", notifier.notifierId) !== undefined)
    ) {
      return false;
    }
    return this.#write(() => {
      const { lastInsertRowid } = this.#statements.insertQueue.run(
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
      this.#lastQueue = no;
      if (link !== undefined) this.#statements.setLinkData.run(no, link.fixedData, link.userData);
      this.#entries.set(no, { no, record: queue, messages: [] });
      return true;
    });
  }

  findQueue(party: Party, id: Uint8Array): QueueRecord | undefined {
    this.#checkDataVersion();
    const no = this.#find(party, id);
    if (no === undefined) {
      this.#readAnother(id);
      return undefined;
    }
    const record = this.#entry(no)?.record;
    if (record !== undefined) this.#numbers.set(record, no);
    return record;
  }

  secureQueue(queue: QueueRecord, key: AuthKey): boolean {
    const entry = this.#entryOf(queue);
    if (entry.record.senderKey !== undefined) return sameKey(entry.record.senderKey, key);
    this.#write(() => this.#statements.setSenderKey.run(keyToBytes(key), entry.no));
    entry.record = { ...entry.record, senderKey: key };
    return true;
  }

  setRecipientKeys(queue: QueueRecord, recipientKeys: readonly AuthKey[]): void {
    const entry = this.#entryOf(queue);
    this.#write(() => this.#statements.setRecipientKeys.run(keysToBytes(recipientKeys), entry.no));
    entry.record = { ...entry.record, recipientKeys };
  }

  setLink(queue: QueueRecord, linkId: Uint8Array, link: LinkData): boolean {
    const entry = this.#entryOf(queue);
    const present = entry.record.linkId;
    if (present === undefined) {
      if (this.#find("link", linkId) !== undefined) return false;
    } else {
      if (!equalBytes(present, linkId)) return false;
      const data = this.linkData(queue);
      if (data !== undefined && !equalBytes(data.fixedData, link.fixedData)) return false;
    }
    this.#write(() => {
      if (present === undefined) this.#statements.setLinkId.run(linkId, entry.no);
      this.#statements.setLinkData.run(entry.no, link.fixedData, link.userData);
    });
    entry.record = { ...entry.record, linkId };
    return true;
  }

  deleteLink(queue: QueueRecord): void {
    const entry = this.#entryOf(queue);
    if (entry.record.linkId === undefined) return;
    this.#write(() => {
      this.#statements.setLinkId.run(null, entry.no);
      this.#statements.deleteLinkData.run(entry.no);
    });
    entry.record = { ...entry.record, linkId: undefined };
  }

  linkData(queue: QueueRecord): LinkData | undefined {
    const row = this.#statements.linkData.get(this.#entryOf(queue).no);
    return row && { fixedData: blob(row, "fixed_data"), userData: blob(row, "user_data") };
  }

  setNotifier(queue: QueueRecord, notifier: Notifier): boolean {
    if (this.#find("notifier", notifier.notifierId) !== undefined) return false;
    this.deleteNotifier(queue);
    this.#storeNotifier(queue, notifier);
    return true;
  }

  deleteNotifier(queue: QueueRecord): void {
    const { notifier } = this.#entryOf(queue).record;
    if (notifier === undefined) return;
    this.#write(() => this.#statements.deleteNotifications.run(notifier.notifierId));
    this.#storeNotifier(queue, undefined);
  }

  setStatus(queue: QueueRecord, status: QueueStatus): void {
    const entry = this.#entryOf(queue);
    this.#write(() => this.#statements.setStatus.run(statusToText(status), entry.no));
    entry.record = { ...entry.record, status };
  }

  touch(queue: QueueRecord, updatedAt: number): void {
    const entry = this.#entryOf(queue);
    this.#write(() => this.#statements.touch.run(updatedAt, entry.no));
    entry.record = { ...entry.record, updatedAt };
  }

  deleteQueue(queue: QueueRecord): void {
    const { no, record } = this.#entryOf(queue);
    this.#write(() => {
      if (record.notifier) this.#statements.deleteNotifications.run(record.notifier.notifierId);
      this.#statements.deleteMessages.run(no);
      this.#statements.deleteLinkData.run(no);
      this.#statements.deleteQueue.run(no);
    });
    this.#entries.delete(no);
  }

  addMessage(queue: QueueRecord, message: SentMessage, quota: number): AddResult {
    const entry = this.#entryOf(queue);
    const messages = this.#messages(entry);
    if (messages.at(-1)?.kind === kindQuota) return { type: "full" };
    const full = messages.length >= quota;
    const { id, timestamp } = message;
    const kind = full ? kindQuota : message.notify ? kindNotify : kindSilent;
    const no = this.#nextMessage++;
    this.#write(() =>
      this.#statements.insertMessage.run(no, entry.no, id, timestamp, kind, full ? null : message.body),
    );
    messages.push({ no, id, timestamp, kind });
    return full ? { type: "full" } : { type: "stored", wasEmpty: messages.length === 1 };
  }

  firstMessage(queue: QueueRecord): StoredMessage | undefined {
    const head = this.#messages(this.#entryOf(queue))[0];
    return head && this.#message(head);
  }

  acknowledge(queue: QueueRecord, messageId: Uint8Array): Acknowledged {
    const messages = this.#messages(this.#entryOf(queue));
    const head = messages[0];
    const deleted = head !== undefined && equalBytes(head.id, messageId);
    if (deleted) {
      this.#write(() => this.#statements.deleteMessage.run(head.no));
      messages.shift();
    }
    const next = messages[0];
    return { deleted, next: next && this.#message(next) };
  }

  queueSize(queue: QueueRecord): number {
    return this.#messages(this.#entryOf(queue)).length;
  }

  expireQueue(queue: QueueRecord, before: number): number {
    const messages = this.#messages(this.#entryOf(queue));
    let count = 0;
    for (const { no, kind, timestamp } of messages) {
      if (kind === kindQuota || timestamp >= before) break;
      this.#write(() => this.#statements.deleteMessage.run(no));
      count++;
    }
    messages.splice(0, count);
    return count;
  }

  /** Messages are numbered as they come, so the old ones are those with the lowest numbers. */
  async expireMessages(before: number): Promise<number> {
    let count = 0;
    for (let after = -1; ; ) {
      const rows = this.#statements.oldestMessages.all(after, expirySlice);
      let old = rows.length > 0;
      for (const row of rows) {
        after = integer(row, "no");
        old = integer(row, "timestamp") < before;
        if (!old) break;
        if (integer(row, "kind") === kindQuota) continue;
        this.#write(() => this.#statements.deleteMessage.run(after));
        const entry = this.#entries.get(integer(row, "queue"));
        if (entry !== undefined) entry.messages = undefined;
        count++;
      }
      if (!old) return count;
      await this.#nextTick();
    }
  }

  async expireSuspendedQueues(before: number): Promise<number> {
    let count = 0;
    for (;;) {
      const rows = this.#statements.suspendedQueues.all(before, expirySlice);
      for (const row of rows) {
        const entry = this.#entry(integer(row, "no"));
        if (entry !== undefined) this.deleteQueue(entry.record);
      }
      count += rows.length;
      if (rows.length < expirySlice) return count;
      await this.#nextTick();
    }
  }

  addNotification(notifierId: Uint8Array, notification: StoredNotification, limit: number): void {
    const { nonce, metadata, timestamp } = notification;
    this.#write(() => {
      this.#statements.insertNotification.run(notifierId, nonce, metadata, timestamp);
      this.#statements.trimNotifications.run(notifierId, notifierId, limit);
    });
  }

  takeNotifications(notifierId: Uint8Array): readonly StoredNotification[] {
    const rows = this.#statements.notifications.all(notifierId);
    if (rows.length > 0) this.#write(() => this.#statements.deleteNotifications.run(notifierId));
    return rows.map((row) => ({
      nonce: blob(row, "nonce"),
      metadata: blob(row, "metadata"),
      timestamp: integer(row, "timestamp"),
    }));
  }

  async expireNotifications(before: number): Promise<number> {
    return this.#write(() => Number(this.#statements.expireNotifications.run(before).changes));
  }

  service(certHash: Uint8Array, role: ServiceRole, newId: Uint8Array): Uint8Array | undefined {
    const row = this.#statements.service.get(certHash);
    if (row !== undefined) return row["role"] === role ? blob(row, "id") : undefined;
    this.#write(() => this.#statements.insertService.run(certHash, newId, role));
    return newId;
  }

  setNotifierService(queue: QueueRecord, serviceId: Uint8Array | undefined): void {
    const { notifier } = this.#entryOf(queue).record;
    if (notifier === undefined || sameId(notifier.serviceId, serviceId)) return;
    this.#storeNotifier(queue, { ...notifier, serviceId });
  }

  setQueueService(queue: QueueRecord, serviceId: Uint8Array | undefined): void {
    const entry = this.#entryOf(queue);
    if (sameId(entry.record.serviceId, serviceId)) return;
    this.#write(() => this.#statements.setQueueService.run(serviceId ?? null, entry.no));
    entry.record = { ...entry.record, serviceId };
  }

  serviceQueues(serviceId: Uint8Array): readonly Uint8Array[] {
    return this.#statements.serviceQueues.all(serviceId).map((row) => blob(row, "recipient_id"));
  }

  serviceNotifiers(serviceId: Uint8Array): readonly Uint8Array[] {
    return this.#statements.serviceNotifiers.all(serviceId).map((row) => blob(row, "notifier_id"));
  }

  counts(): StoreCounts {
    const row = this.#statements.counts.get();
    if (row === undefined) throw new StoreError("cannot count: the database gives no row");
    return {
      queues: integer(row, "queues"),
      messages: integer(row, "messages"),
      notifications: integer(row, "notifications"),
    };
  }

  onFailure(callback: () => void): void {
    this.#failed.push(callback);
  }

  durable(): Promise<void> | undefined {
    return this.#group.durable();
  }

  async close(): Promise<void> {
    await this.#group.flush();
    this.#database.close();
  }

  #find(party: Party, id: Uint8Array): number | undefined {
    const row = this.#statements.find[party].get(id);
    return row && integer(row, "no");
  }

  /** For an id of no queue: reads some queue, where the first look at a queue would read its row. */
  #readAnother(id: Uint8Array): void {
    const key = idKey(id);
    if (this.#absent.get(key) !== undefined) return;
    this.#absent.set(key, true);
    const row = this.#statements.queueFrom.get(Math.floor(fractionOf(id) * this.#lastQueue));
    if (row !== undefined) recordFromRow(row);
  }

  #entry(no: number): Entry | undefined {
    const cached = this.#entries.get(no);
    if (cached !== undefined) return cached;
    const row = this.#statements.queue.get(no);
    if (row === undefined) return undefined;
    const entry: Entry = { no, record: recordFromRow(row), messages: undefined };
    this.#entries.set(no, entry);
    return entry;
  }

  #entryOf(queue: QueueRecord): Entry {
    const no = this.#numbers.get(queue) ?? this.#find("recipient", queue.recipientId);
    const found = no === undefined ? undefined : this.#entry(no);
    // The row of a queue that was deleted may be another's by now.
    const isSame = found !== undefined && equalBytes(found.record.recipientId, queue.recipientId);
    const entry = isSame ? found : undefined;
    if (entry === undefined) throw new QueueGoneError();
    return entry;
  }

  #messages(entry: Entry): MessageHead[] {
    entry.messages ??= this.#statements.messageHeads.all(entry.no).map((row) => ({
      no: integer(row, "no"),
      id: blob(row, "id"),
      timestamp: integer(row, "timestamp"),
      kind: integer(row, "kind"),
    }));
    return entry.messages;
  }

  #message({ no, id, timestamp, kind }: MessageHead): StoredMessage {
    if (kind === kindQuota) return { type: "quota", id, timestamp };
    const row = this.#statements.messageBody.get(no);
    if (row === undefined) throw new StoreError("cannot read message: its row is missing");
    return { type: "message", id, timestamp, notify: kind === kindNotify, body: blob(row, "body") };
  }

  #storeNotifier(queue: QueueRecord, notifier: Notifier | undefined): void {
    const entry = this.#entryOf(queue);
    this.#write(() =>
      this.#statements.setNotifier.run(
        notifier?.notifierId ?? null,
        notifier ? keyToBytes(notifier.key) : null,
        notifier?.dhSecret ?? null,
        notifier?.serviceId ?? null,
        entry.no,
      ),
    );
    entry.record = { ...entry.record, notifier };
  }

  #write<T>(run: () => T): T {
    this.#group.write();
    try {
      return run();
    } catch (error) {
      throw this.#group.fail(error);
    }
  }

  #nextTick(): Promise<void> {
    return new Promise((resolve) => this.#defer(resolve));
  }

  #loadNextMessage(): number {
    const row = this.#statements.lastMessage.get();
    return row === undefined ? 1 : integer(row, "no") + 1;
  }

  #onRollback(): void {
    this.#forget();
    for (const callback of this.#failed) callback();
  }

  /** After a rollback the cache may hold what was never stored. */
  #forget(): void {
    this.#entries.clear();
    this.#absent.clear();
    this.#nextMessage = this.#loadNextMessage();
  }

  /** Another process, such as `relay block`, may have changed the file: looked at once a tick. */
  #checkDataVersion(): void {
    if (this.#dataVersionChecked) return;
    this.#dataVersionChecked = true;
    this.#defer(() => {
      this.#dataVersionChecked = false;
    });
    const version = this.#readDataVersion();
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    this.#forget();
  }

  #readDataVersion(): number {
    const row = this.#statements.dataVersion.get();
    return row === undefined ? 0 : integer(row, "data_version");
  }
}

/** A number from 0 to below 1 that an id gives. */
function fractionOf(id: Uint8Array): number {
  return ((id[0] ?? 0) * 256 + (id[1] ?? 0)) / 65_536;
}
