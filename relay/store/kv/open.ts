import type { Clock } from "../../../core/clock/clock.ts";
import type { Random } from "../../../core/crypto/random.ts";
import type { OpenedStore } from "../open.ts";
import type { Kv } from "./api.ts";
import { KvPeers } from "./kv-peers.ts";
import { kvStore } from "./kv-store.ts";

/** The store and the other instances on a Deno KV that is open. */
export function openKvStore(
  kv: Kv,
  clock: Clock,
  random: Random,
  report: (error: unknown) => void,
): OpenedStore {
  return { store: kvStore(kv), peers: new KvPeers(kv, clock, random, report) };
}
