import { equalBytes } from "../../core/bytes/index.ts";
import type { Acknowledged, AddResult, SentMessage, StoredMessage } from "./store.ts";

/**
 * The messages of one queue in memory, first in first out ("Send message": a queue that was full accepts
 * nothing more until the recipient has emptied it, and then says so with the quota marker at its end).
 */
export class MessageList {
  readonly #messages: StoredMessage[] = [];

  get size(): number {
    return this.#messages.length;
  }

  get first(): StoredMessage | undefined {
    return this.#messages[0];
  }

  add(message: SentMessage, quota: number): AddResult {
    if (this.#messages.at(-1)?.type === "quota") return { type: "full" };
    if (this.size >= quota) {
      this.#messages.push({ type: "quota", id: message.id, timestamp: message.timestamp });
      return { type: "full" };
    }
    return { type: "stored", wasEmpty: this.#messages.push(message) === 1 };
  }

  acknowledge(messageId: Uint8Array): Acknowledged {
    const deleted = this.first !== undefined && equalBytes(this.first.id, messageId);
    if (deleted) this.#messages.shift();
    return { deleted, next: this.first };
  }

  /** Removes messages older than `before` from the front; the quota marker stays. */
  expire(before: number): number {
    let count = 0;
    while (this.first?.type === "message" && this.first.timestamp < before) {
      this.#messages.shift();
      count++;
    }
    return count;
  }
}
