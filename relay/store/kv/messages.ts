import { encode, equalBytes } from "../../../core/bytes/index.ts";
import {
  type Acknowledged,
  type AddResult,
  type QueueRecord,
  type SentMessage,
  type StoredMessage,
  StoreError,
} from "../store.ts";
import type { Kv } from "./api.ts";
import { attemptsMax, type Changes } from "./changes.ts";
import { messageCodec, type QueueState, recordCodec, stateCodec } from "./codecs.ts";
import { keys } from "./keys.ts";
import { advance, readValue, stateOf } from "./values.ts";

const secondsPerDay = 86_400;

/** Messages: the methods of `QueueStore` for them. They are numbered in each queue. */
export function messageMethods(kv: Kv, changes: Changes) {
  function addMessage(queue: QueueRecord, message: SentMessage, quota: number): Promise<AddResult> {
    const { recipientId } = queue;
    return changes.state<AddResult>(recipientId, (state, atomic) => {
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

  async function firstMessage({ recipientId }: QueueRecord): Promise<StoredMessage | undefined> {
    // Another instance may delete the message between the two reads; then the next one is the first.
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const state = await stateOfQueue(recipientId);
      if (state.head === state.next) return undefined;
      const message = await messageAt(recipientId, state.head);
      if (message !== undefined) return message;
    }
    throw new StoreError("cannot read message: the queue changes all the time");
  }

  async function acknowledge(queue: QueueRecord, messageId: Uint8Array): Promise<Acknowledged> {
    const { recipientId } = queue;
    const first = await firstMessage(queue);
    if (first === undefined || !equalBytes(first.id, messageId)) return { deleted: false, next: first };
    const deleted = await changes.retry(async () => {
      const entry = await kv.get(keys.state(recipientId));
      const state = stateOf(entry);
      const message = state.head < state.next ? await messageAt(recipientId, state.head) : undefined;
      if (message === undefined || !equalBytes(message.id, messageId)) return { result: false };
      const next = advance(state, state.head + 1);
      const atomic = kv.atomic().check(entry).delete(keys.message(recipientId, state.head));
      atomic.set(entry.key, encode(stateCodec, next));
      return (await atomic.commit()).ok ? { result: true } : undefined;
    });
    return { deleted, next: await firstMessage(queue) };
  }

  async function queueSize({ recipientId }: QueueRecord): Promise<number> {
    const { head, next } = await stateOfQueue(recipientId);
    return next - head;
  }

  async function expireQueue({ recipientId }: QueueRecord, before: number): Promise<number> {
    let count = 0;
    for (;;) {
      const expired = await changes.state(recipientId, async (state, atomic) => {
        if (state.head === state.next) return { result: false };
        const message = await messageAt(recipientId, state.head);
        if (message?.type === "quota" || (message && message.timestamp >= before)) return { result: false };
        atomic.delete(keys.message(recipientId, state.head));
        return { result: true, next: advance(state, state.head + 1) };
      });
      if (!expired) return count;
      count++;
    }
  }

  async function expireMessages(before: number): Promise<number> {
    const today = dayOf(before);
    let count = 0;
    for await (const { key, value } of kv.list({ prefix: ["day"], end: ["day", today + 1] })) {
      if (!(value instanceof Uint8Array)) continue;
      const queue = readValue(recordCodec, await kv.get(keys.queue(value)));
      if (queue !== undefined) count += await expireQueue(queue, before);
      else await deleteLeft(value);
      const [, day] = key;
      if (queue === undefined || (typeof day === "number" && day < today)) {
        await kv.atomic().delete(key).commit();
      }
    }
    return count;
  }

  /** Deletes the messages of a queue that is deleted itself: the instance that did it may have ended before it came to them. */
  async function deleteLeft(recipientId: Uint8Array): Promise<void> {
    for await (const { key } of kv.list({ prefix: ["message", recipientId] })) {
      await kv.atomic().delete(key).commit();
    }
  }

  async function stateOfQueue(recipientId: Uint8Array): Promise<QueueState> {
    return stateOf(await kv.get(keys.state(recipientId)));
  }

  async function messageAt(recipientId: Uint8Array, no: number): Promise<StoredMessage | undefined> {
    return readValue(messageCodec, await kv.get(keys.message(recipientId, no)));
  }

  return {
    addMessage,
    firstMessage,
    acknowledge,
    queueSize,
    expireQueue,
    expireMessages,
  };
}

function dayOf(timestamp: number): number {
  return Math.floor(timestamp / secondsPerDay);
}
