import { type Codec, DecodeError, decode } from "../../../core/bytes/index.ts";
import { QueueGoneError, StoreError } from "../store.ts";
import type { KvEntry } from "./api.ts";
import { type QueueState, stateCodec } from "./codecs.ts";

/** The state with messages gone from the front; an empty queue takes messages again. */
export function advance(state: QueueState, head: number): QueueState {
  return { head, next: state.next, full: state.full && head < state.next };
}

/** @throws QueueGoneError */
export function stateOf(entry: KvEntry): QueueState {
  const state = readValue(stateCodec, entry);
  if (state === undefined) throw new QueueGoneError();
  return state;
}

/** The bytes of an entry; undefined when there are none. */
export function bytesOf({ value }: KvEntry): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

/** The value of an entry, if there is one. @throws StoreError when it is not what was stored */
export function readValue<T>(codec: Codec<T>, entry: KvEntry | undefined): T | undefined {
  if (entry === undefined || entry.versionstamp === null) return undefined;
  try {
    const bytes = bytesOf(entry);
    if (bytes !== undefined) return decode(codec, bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new StoreError("cannot read store: a value is not what was stored");
}

/** All entries of a list, read before any of them is changed. */
export async function entries(list: AsyncIterable<KvEntry>): Promise<readonly KvEntry[]> {
  const found: KvEntry[] = [];
  for await (const entry of list) found.push(entry);
  return found;
}
