import type { QueueCache } from "./queue-cache.ts";
import type { prepareAll } from "./statements.ts";

/** What the parts of the store share. */
export interface SqliteContext {
  readonly statements: ReturnType<typeof prepareAll>;
  readonly cache: QueueCache;
  /** Runs a write in the group that is open. @throws StoreError when it fails; the whole group is undone then */
  write<T>(run: () => T): T;
  /** Resolves when others had their turn. */
  nextTick(): Promise<void>;
  /** Calls back when what was kept in memory may not be what is in the file. */
  onForget(callback: () => void): void;
}
