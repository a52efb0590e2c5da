import { equalBytes } from "../../../core/bytes/index.ts";
import { idKey } from "../../id-key.ts";
import { Lru } from "../../lru.ts";
import { type Party, QueueGoneError, type QueueRecord } from "../store.ts";
import { integer, recordFromRow } from "./rows.ts";
import type { prepareAll } from "./statements.ts";

/** What is kept of a message without its body. */
export interface MessageHead {
  readonly no: number;
  readonly id: Uint8Array;
  readonly timestamp: number;
  readonly kind: number;
}

/** A queue in the cache; its messages are known once they were needed. */
export interface Entry {
  readonly no: number;
  record: QueueRecord;
  messages: MessageHead[] | undefined;
}

/** Queues whose records and message heads are kept in memory. */
const cachedQueuesMax = 4096;

/**
 * The queues used last, by the number of their row. Each id is looked up in its index even when its queue is cached,
 * and for an id of none some queue is read where one of a queue would be: so the time does not tell whether there is
 * one (relay-timing.bench.ts).
 */
export class QueueCache {
  readonly #statements: ReturnType<typeof prepareAll>;
  readonly #entries = new Lru<number, Entry>(cachedQueuesMax);
  /** Ids of no queue that were asked for lately: like those of cached queues, they are not looked up further. */
  readonly #absent = new Lru<string, true>(cachedQueuesMax);
  /** The rows of records that were given out, so that their ids are not looked up again. */
  readonly #numbers = new WeakMap<QueueRecord, number>();
  /** The highest number of a queue, about. */
  #lastQueue: number;

  constructor(statements: ReturnType<typeof prepareAll>) {
    this.#statements = statements;
    const last = statements.lastQueue.get();
    this.#lastQueue = last === undefined ? 0 : integer(last, "no");
  }

  /** The queue that `party` knows as `id`. */
  record(party: Party, id: Uint8Array): QueueRecord | undefined {
    const no = this.find(party, id);
    if (no === undefined) {
      this.#readAnother(id);
      return undefined;
    }
    const record = this.entry(no)?.record;
    if (record !== undefined) this.#numbers.set(record, no);
    return record;
  }

  /** The row of an id. */
  find(party: Party, id: Uint8Array): number | undefined {
    const row = this.#statements.find[party].get(id);
    return row && integer(row, "no");
  }

  entry(no: number): Entry | undefined {
    const cached = this.#entries.get(no);
    if (cached !== undefined) return cached;
    const row = this.#statements.queue.get(no);
    if (row === undefined) return undefined;
    const entry: Entry = { no, record: recordFromRow(row), messages: undefined };
    this.#entries.set(no, entry);
    return entry;
  }

  /** @throws QueueGoneError when the queue was deleted meanwhile */
  entryOf(queue: QueueRecord): Entry {
    const no = this.#numbers.get(queue) ?? this.find("recipient", queue.recipientId);
    const found = no === undefined ? undefined : this.entry(no);
    // The row of a queue that was deleted may be another's by now.
    const isSame = found !== undefined && equalBytes(found.record.recipientId, queue.recipientId);
    const entry = isSame ? found : undefined;
    if (entry === undefined) throw new QueueGoneError();
    return entry;
  }

  /** The queue with this row, if it is in memory. */
  cached(no: number): Entry | undefined {
    return this.#entries.get(no);
  }

  /** A queue was made. */
  add(no: number, record: QueueRecord): void {
    this.#lastQueue = no;
    this.#entries.set(no, { no, record, messages: [] });
  }

  /** A queue was deleted. */
  remove(no: number): void {
    this.#entries.delete(no);
  }

  forget(): void {
    this.#entries.clear();
    this.#absent.clear();
  }

  /** For an id of no queue: reads some queue, where the first look at a queue would read its row. */
  #readAnother(id: Uint8Array): void {
    const key = idKey(id);
    if (this.#absent.get(key) !== undefined) return;
    this.#absent.set(key, true);
    const row = this.#statements.queueFrom.get(Math.floor(fractionOf(id) * this.#lastQueue));
    if (row !== undefined) recordFromRow(row);
  }
}

/** A number from 0 to below 1 that an id gives. */
function fractionOf(id: Uint8Array): number {
  return ((id[0] ?? 0) * 256 + (id[1] ?? 0)) / 65_536;
}
