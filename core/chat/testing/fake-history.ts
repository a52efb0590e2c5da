import type { ContactId, Message, MessageId, MessagePage } from "../api.ts";
import { fakeMessage, splitMessageId } from "./fake-data.ts";

/** The history of one contact: `total` made-up messages, each made when asked for, then real ones behind them. */
export class FakeHistory {
  readonly #contactId: ContactId;
  readonly #lastMs: number;
  /** Ids made so far; the next message gets this index. */
  #total: number;
  readonly #changed = new Map<number, Message>();
  readonly #removed = new Set<number>();
  readonly #made: number;

  constructor(contactId: ContactId, total: number, lastMs: number) {
    this.#contactId = contactId;
    this.#made = total;
    this.#total = total;
    this.#lastMs = lastMs;
  }

  get size(): number {
    return this.#total - this.#removed.size;
  }

  at(index: number): Message | undefined {
    if (index < 0 || index >= this.#total || this.#removed.has(index)) return undefined;
    return this.#changed.get(index) ?? fakeMessage(this.#contactId, index, this.#made, this.#lastMs);
  }

  get(id: MessageId): Message | undefined {
    return this.at(splitMessageId(id).index);
  }

  last(): Message | undefined {
    for (let index = this.#total - 1; index >= 0; index--) {
      const message = this.at(index);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  nextId(): MessageId {
    return fakeMessage(this.#contactId, this.#total, this.#total, 0).id;
  }

  put(message: Message): void {
    const { index } = splitMessageId(message.id);
    this.#changed.set(index, message);
    this.#total = Math.max(this.#total, index + 1);
  }

  remove(id: MessageId): void {
    this.#removed.add(splitMessageId(id).index);
  }

  clear(): void {
    for (let index = 0; index < this.#total; index++) this.#removed.add(index);
  }

  page(place: { before?: MessageId; after?: MessageId; around?: MessageId }, limit: number): MessagePage {
    let start = this.#total - limit;
    if (place.before !== undefined) start = splitMessageId(place.before).index - limit;
    if (place.after !== undefined) start = splitMessageId(place.after).index + 1;
    if (place.around !== undefined) start = splitMessageId(place.around).index - Math.floor(limit / 2);
    const end =
      place.before === undefined ? Math.min(this.#total, start + limit) : splitMessageId(place.before).index;
    const messages: Message[] = [];
    for (let index = Math.max(0, start); index < end; index++) {
      const message = this.at(index);
      if (message !== undefined) messages.push(message);
    }
    return { messages, hasOlder: start > 0, hasNewer: end < this.#total };
  }
}
