import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../core/clock/system.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import type { Runtime } from "../runtime.ts";
import { inDataFolder } from "../settings/data-folder.ts";
import { type RelaySettings, SettingError, type StoreName } from "../settings/settings.ts";
import type { Peers } from "../subscriptions/peers.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import type { QueueStore } from "./store.ts";

/** A store, and the other processes that share it, where there can be any. */
export interface OpenedStore {
  readonly store: QueueStore;
  readonly peers?: Peers;
}

/** The file of the SQLite store. */
export function databasePath(settings: RelaySettings): string {
  return join(settings.data, "relay.db");
}

/** The store that is set, or the usual one: where the identity is a variable, a platform's database is meant. */
function storeName({ name, keepsFiles, environment }: Runtime, { store }: RelaySettings): StoreName {
  if (store !== undefined) return store;
  return !keepsFiles || (name === "Deno" && environment["SOTTO_RELAY_IDENTITY"]) ? "kv" : "sqlite";
}

/** Opens the store of a relay that there is. @throws SettingError when nothing was stored yet */
export async function openStoreThereIs(runtime: Runtime, settings: RelaySettings): Promise<OpenedStore> {
  const path = databasePath(settings);
  if (storeName(runtime, settings) === "sqlite" && !existsSync(path)) {
    throw new SettingError(
      `cannot open store: ${path} is missing: no relay has run with this setting data, or it is another user's`,
    );
  }
  return openStore(runtime, settings);
}

/** Opens the store that is set. @throws StoreError when it cannot be */
export async function openStore(runtime: Runtime, settings: RelaySettings): Promise<OpenedStore> {
  switch (storeName(runtime, settings)) {
    case "memory":
      return { store: new MemoryStore() };
    case "sqlite": {
      // Loaded only where it is used: not every platform has SQLite.
      const { openSqliteStore } = await import("./sqlite/open.ts");
      const { SqlitePeers } = await import("./sqlite/sqlite-peers.ts");
      const store = inDataFolder(settings, () => openSqliteStore(databasePath(settings)));
      return { store, peers: new SqlitePeers(store, systemClock, runtime.report) };
    }
    case "kv": {
      const { openKvStore } = await import("./kv/open.ts");
      const kv = await runtime.openKv(settings["kv-path"]);
      return openKvStore(kv, systemClock, systemRandom, runtime.report);
    }
  }
}
