import { encode } from "../../../core/bytes/index.ts";
import { QueueGoneError, type QueueRecord, StoreError } from "../store.ts";
import type { Kv, KvAtomic, KvKey } from "./api.ts";
import { type QueueState, recordCodec, stateCodec } from "./codecs.ts";
import { keys } from "./keys.ts";
import { readValue, stateOf } from "./values.ts";

/** How often a change is tried again when another instance was faster. */
export const attemptsMax = 64;

/** What a change comes to; `next` is what to write, if anything. */
export interface Change<T, V> {
  readonly result: T;
  readonly next?: V;
  /** A key that had to be free, and the result when it is not. */
  readonly whenTaken?: { readonly key: KvKey; readonly result: T };
}

/** Changes in a KV that several instances share: each is one atomic operation, tried again when another was faster. */
export class Changes {
  readonly #kv: Kv;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  /** Changes a queue's record, with what goes with it. */
  record<T>(
    queue: QueueRecord,
    change: (record: QueueRecord, atomic: KvAtomic) => Change<T, QueueRecord>,
  ): Promise<T> {
    const key = keys.queue(queue.recipientId);
    return this.retry(async () => {
      const entry = await this.#kv.get(key);
      const record = readValue(recordCodec, entry);
      if (record === undefined) throw new QueueGoneError();
      const atomic = this.#kv.atomic().check(entry);
      const { result, next, whenTaken } = change(record, atomic);
      if (next === undefined) return { result };
      if ((await atomic.set(key, encode(recordCodec, next)).commit()).ok) return { result };
      if (whenTaken === undefined) return undefined;
      const taken = (await this.#kv.get(whenTaken.key)).versionstamp !== null;
      return taken ? { result: whenTaken.result } : undefined;
    });
  }

  /** Changes which messages a queue has, with the messages. */
  state<T>(
    recipientId: Uint8Array,
    change: (state: QueueState, atomic: KvAtomic) => Change<T, QueueState> | Promise<Change<T, QueueState>>,
  ): Promise<T> {
    return this.retry(async () => {
      const entry = await this.#kv.get(keys.state(recipientId));
      const atomic = this.#kv.atomic().check(entry);
      const { result, next } = await change(stateOf(entry), atomic);
      if (next === undefined) return { result };
      return (await atomic.set(entry.key, encode(stateCodec, next)).commit()).ok ? { result } : undefined;
    });
  }

  /** @throws StoreError when others change the same all the time */
  async retry<T>(attempt: () => Promise<{ readonly result: T } | undefined>): Promise<T> {
    for (let count = 0; count < attemptsMax; count++) {
      const done = await attempt();
      if (done !== undefined) return done.result;
    }
    throw new StoreError("cannot write to store: others change the same all the time");
  }
}
