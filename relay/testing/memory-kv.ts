import { compareBytes } from "../../core/bytes/index.ts";
import type { Kv, KvAtomic, KvEntry, KvKey } from "../store/kv/api.ts";

/** A Deno KV in memory, for tests outside of Deno: atomic operations, order of keys, and watching. */
export class MemoryKv implements Kv {
  readonly #entries: KvEntry[] = [];
  readonly #watchers = new Set<() => void>();
  #version = 0;

  async get(key: KvKey): Promise<KvEntry> {
    return this.#find(key);
  }

  getMany(keys: readonly KvKey[]): Promise<readonly KvEntry[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  async *list({
    prefix,
    start,
    end,
  }: {
    prefix: KvKey;
    start?: KvKey;
    end?: KvKey;
  }): AsyncGenerator<KvEntry> {
    for (const entry of [...this.#entries]) {
      const { key } = entry;
      if (key.length <= prefix.length || compareKeys(key.slice(0, prefix.length), prefix) !== 0) continue;
      if (start !== undefined && compareKeys(key, start) < 0) continue;
      if (end !== undefined && compareKeys(key, end) >= 0) continue;
      yield entry;
    }
  }

  atomic(): KvAtomic {
    const checks: Pick<KvEntry, "key" | "versionstamp">[] = [];
    const writes: { readonly key: KvKey; readonly value?: unknown }[] = [];
    const atomic: KvAtomic = {
      check(...entries) {
        checks.push(...entries);
        return atomic;
      },
      set(key, value) {
        writes.push({ key, value: structuredClone(value) });
        return atomic;
      },
      delete(key) {
        writes.push({ key });
        return atomic;
      },
      commit: async () => {
        for (const { key, versionstamp } of checks) {
          if (this.#find(key).versionstamp !== versionstamp) return { ok: false };
        }
        this.#version++;
        for (const { key, value } of writes) this.#write(key, value);
        for (const notify of this.#watchers) notify();
        return { ok: true };
      },
    };
    return atomic;
  }

  watch(keys: readonly KvKey[]): ReadableStream<readonly KvEntry[]> {
    let notify = (): void => undefined;
    return new ReadableStream({
      start: (controller) => {
        notify = () => {
          void this.getMany(keys)
            .then((entries) => controller.enqueue(entries))
            .catch(() => undefined);
        };
        this.#watchers.add(notify);
        notify();
      },
      cancel: () => {
        this.#watchers.delete(notify);
      },
    });
  }

  close(): void {}

  #find(key: KvKey): KvEntry {
    const found = this.#entries.find((entry) => compareKeys(entry.key, key) === 0);
    return found ?? { key, value: null, versionstamp: null };
  }

  #write(key: KvKey, value: unknown): void {
    const at = this.#entries.findIndex((entry) => compareKeys(entry.key, key) >= 0);
    const present = at !== -1 && compareKeys(this.#entries[at]?.key ?? [], key) === 0;
    const versionstamp = String(this.#version).padStart(20, "0");
    const inserted = value === undefined ? [] : [{ key, value, versionstamp }];
    this.#entries.splice(at === -1 ? this.#entries.length : at, present ? 1 : 0, ...inserted);
  }
}

const typeOrder = (part: KvKey[number]): number =>
  part instanceof Uint8Array ? 0 : typeof part === "string" ? 1 : 2;

function compareKeys(a: KvKey, b: KvKey): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [one, two] = [a[i], b[i]];
    if (one === undefined || two === undefined) break;
    const difference = compareParts(one, two);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareParts(a: KvKey[number], b: KvKey[number]): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return typeOrder(a) - typeOrder(b);
}
