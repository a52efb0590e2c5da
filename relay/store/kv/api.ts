/** A key of Deno KV: parts in order. */
export type KvKey = readonly (string | number | Uint8Array)[];

/** An entry, with the version by which a change by somebody else is noticed; `null` for none. */
export interface KvEntry {
  readonly key: KvKey;
  readonly value: unknown;
  readonly versionstamp: string | null;
}

/** Writes that happen together, or not at all when a check fails. */
export interface KvAtomic {
  check(...entries: readonly Pick<KvEntry, "key" | "versionstamp">[]): KvAtomic;
  set(key: KvKey, value: unknown, options?: { readonly expireIn?: number }): KvAtomic;
  delete(key: KvKey): KvAtomic;
  commit(): Promise<{ readonly ok: boolean }>;
}

/** The part of Deno KV that the relay uses. */
export interface Kv {
  get(key: KvKey): Promise<KvEntry>;
  getMany(keys: readonly KvKey[]): Promise<readonly KvEntry[]>;
  list(
    selector: { readonly prefix: KvKey; readonly start?: KvKey; readonly end?: KvKey },
    options?: { readonly limit?: number; readonly batchSize?: number },
  ): AsyncIterable<KvEntry>;
  atomic(): KvAtomic;
  watch(keys: readonly KvKey[]): ReadableStream<readonly KvEntry[]>;
  close(): void;
}
