import { equalBytes } from "../../../core/bytes/index.ts";
import {
  type Acknowledged,
  type AddResult,
  type QueueRecord,
  type SentMessage,
  type StoredMessage,
  StoreError,
} from "../store.ts";
import type { SqliteContext } from "./context.ts";
import type { Entry, MessageHead } from "./queue-cache.ts";
import { blob, integer } from "./rows.ts";

const kindSilent = 0;
const kindNotify = 1;
const kindQuota = 2;

/** Messages deleted in one go by expiry, before other work gets its turn. */
const expirySlice = 200;

/** Messages: the methods of `QueueStore` for them. They are numbered as they come, over all queues. */
export function messageMethods({ statements, cache, write, nextTick, onForget }: SqliteContext) {
  let nextMessage = loadNextMessage();
  onForget(() => {
    nextMessage = loadNextMessage();
  });

  function addMessage(queue: QueueRecord, message: SentMessage, quota: number): AddResult {
    const entry = cache.entryOf(queue);
    const messages = headsOf(entry);
    if (messages.at(-1)?.kind === kindQuota) return { type: "full" };
    const full = messages.length >= quota;
    const { id, timestamp } = message;
    const kind = full ? kindQuota : message.notify ? kindNotify : kindSilent;
    const no = nextMessage++;
    write(() => statements.insertMessage.run(no, entry.no, id, timestamp, kind, full ? null : message.body));
    messages.push({ no, id, timestamp, kind });
    return full ? { type: "full" } : { type: "stored", wasEmpty: messages.length === 1 };
  }

  function firstMessage(queue: QueueRecord): StoredMessage | undefined {
    const head = headsOf(cache.entryOf(queue))[0];
    return head && messageOf(head);
  }

  function acknowledge(queue: QueueRecord, messageId: Uint8Array): Acknowledged {
    const messages = headsOf(cache.entryOf(queue));
    const head = messages[0];
    const deleted = head !== undefined && equalBytes(head.id, messageId);
    if (deleted) {
      write(() => statements.deleteMessage.run(head.no));
      messages.shift();
    }
    const next = messages[0];
    return { deleted, next: next && messageOf(next) };
  }

  function queueSize(queue: QueueRecord): number {
    return headsOf(cache.entryOf(queue)).length;
  }

  function expireQueue(queue: QueueRecord, before: number): number {
    const messages = headsOf(cache.entryOf(queue));
    let count = 0;
    for (const { no, kind, timestamp } of messages) {
      if (kind === kindQuota || timestamp >= before) break;
      write(() => statements.deleteMessage.run(no));
      count++;
    }
    messages.splice(0, count);
    return count;
  }

  /** The old messages are those with the lowest numbers. */
  async function expireMessages(before: number): Promise<number> {
    let count = 0;
    for (let after = -1; ; ) {
      const rows = statements.oldestMessages.all(after, expirySlice);
      let old = rows.length > 0;
      for (const row of rows) {
        after = integer(row, "no");
        old = integer(row, "timestamp") < before;
        if (!old) break;
        if (integer(row, "kind") === kindQuota) continue;
        write(() => statements.deleteMessage.run(after));
        const entry = cache.cached(integer(row, "queue"));
        if (entry !== undefined) entry.messages = undefined;
        count++;
      }
      if (!old) return count;
      await nextTick();
    }
  }

  function headsOf(entry: Entry): MessageHead[] {
    entry.messages ??= statements.messageHeads.all(entry.no).map((row) => ({
      no: integer(row, "no"),
      id: blob(row, "id"),
      timestamp: integer(row, "timestamp"),
      kind: integer(row, "kind"),
    }));
    return entry.messages;
  }

  function messageOf({ no, id, timestamp, kind }: MessageHead): StoredMessage {
    if (kind === kindQuota) return { type: "quota", id, timestamp };
    const row = statements.messageBody.get(no);
    if (row === undefined) throw new StoreError("cannot read message: its row is missing");
    return { type: "message", id, timestamp, notify: kind === kindNotify, body: blob(row, "body") };
  }

  function loadNextMessage(): number {
    const row = statements.lastMessage.get();
    return row === undefined ? 1 : integer(row, "no") + 1;
  }

  return { addMessage, firstMessage, acknowledge, queueSize, expireQueue, expireMessages };
}
