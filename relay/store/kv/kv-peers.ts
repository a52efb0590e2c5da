import {
  choice,
  decode,
  encode,
  equalBytes,
  orUndefined,
  shortBytes,
  struct,
} from "../../../core/bytes/index.ts";
import { type Clock, delay } from "../../../core/clock/clock.ts";
import type { Random } from "../../../core/crypto/random.ts";
import type { PeerEvent, PeerListener, Peers, Topic } from "../../subscriptions/peers.ts";
import type { Kv, KvEntry, KvKey } from "./api.ts";

interface Letter {
  readonly topic: Topic;
  readonly event: PeerEvent;
  readonly id: Uint8Array;
}

const letterCodec = struct<Letter>({
  topic: choice<Topic>({ queue: "Q", notifier: "N", service: "S" }),
  event: choice<PeerEvent>({ arrived: "A", ended: "E", deleted: "D", status: "S" }),
  id: shortBytes,
});

const instanceIdLength = 16;
const letterIdLength = 8;
/** What an instance that is gone was to be told is of no use to anybody, in milliseconds. */
const letterTtlMs = 300_000;
/** How long an instance that cannot hear waits before it tries again, in milliseconds. */
const retryMs = 1000;

/**
 * The instances of a relay on one Deno KV. Each subscription has an owner; what the owner has to know is put
 * into its letter box, and its bell is rung: one key that it watches.
 */
export class KvPeers implements Peers {
  readonly #kv: Kv;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #report: (error: unknown) => void;
  readonly #instance: Uint8Array;
  #watcher: ReadableStreamDefaultReader<readonly KvEntry[]> | undefined;
  #closed = false;

  constructor(kv: Kv, clock: Clock, random: Random, report: (error: unknown) => void = () => undefined) {
    this.#kv = kv;
    this.#clock = clock;
    this.#random = random;
    this.#report = report;
    this.#instance = random(instanceIdLength);
  }

  async claim(topic: Topic, id: Uint8Array): Promise<void> {
    const key = ownerKey(topic, id);
    for (;;) {
      const entry = await this.#kv.get(key);
      if (this.#isMine(entry)) return;
      const { ok } = await this.#kv.atomic().check(entry).set(key, this.#instance).commit();
      if (!ok) continue;
      if (entry.value instanceof Uint8Array) await this.#post(entry.value, { topic, id, event: "ended" });
      return;
    }
  }

  release(topic: Topic, id: Uint8Array): void {
    this.#release(ownerKey(topic, id)).catch(this.#report);
  }

  async tell(topic: Topic, id: Uint8Array, event: PeerEvent): Promise<void> {
    const key = ownerKey(topic, id);
    const entry = await this.#kv.get(key);
    if (!(entry.value instanceof Uint8Array)) return;
    if (!this.#isMine(entry)) await this.#post(entry.value, { topic, id, event });
    // Nobody will claim it any more, nor let go of it: the owner may be gone itself.
    if (event === "deleted") await this.#kv.atomic().delete(key).commit();
  }

  listen(listener: PeerListener): void {
    void this.#hear(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    // A watch that broke cannot be cancelled, and need not be.
    await this.#watcher?.cancel().catch(() => undefined);
  }

  /** Hears until it is closed: what goes wrong is tried again, as nothing would come from others otherwise. */
  async #hear(listener: PeerListener): Promise<void> {
    while (!this.#closed) {
      try {
        this.#watcher = this.#kv.watch([bellKey(this.#instance)]).getReader();
        while (!(await this.#watcher.read()).done) await this.#takeLetters(listener);
      } catch (error) {
        this.#report(error);
      }
      if (!this.#closed) await delay(this.#clock, retryMs);
    }
  }

  async #takeLetters(listener: PeerListener): Promise<void> {
    for await (const { key, value } of this.#kv.list({ prefix: ["letter", this.#instance] })) {
      await this.#kv.atomic().delete(key).commit();
      const letter = letterOf(value);
      if (letter !== undefined) listener(letter.topic, letter.id, letter.event);
    }
  }

  async #post(instance: Uint8Array, letter: Letter): Promise<void> {
    const key: KvKey = ["letter", instance, this.#clock.nowMs(), this.#random(letterIdLength)];
    const atomic = this.#kv.atomic().set(key, encode(letterCodec, letter), { expireIn: letterTtlMs });
    await atomic.set(bellKey(instance), this.#random(letterIdLength), { expireIn: letterTtlMs }).commit();
  }

  async #release(key: KvKey): Promise<void> {
    const entry = await this.#kv.get(key);
    if (this.#isMine(entry)) await this.#kv.atomic().check(entry).delete(key).commit();
  }

  #isMine({ value }: KvEntry): boolean {
    return value instanceof Uint8Array && equalBytes(value, this.#instance);
  }
}

function ownerKey(topic: Topic, id: Uint8Array): KvKey {
  return ["owner", topic, id];
}

function bellKey(instance: Uint8Array): KvKey {
  return ["bell", instance];
}

/** A letter; undefined for one of another version of the relay. */
function letterOf(value: unknown): Letter | undefined {
  return value instanceof Uint8Array ? orUndefined(() => decode(letterCodec, value)) : undefined;
}
