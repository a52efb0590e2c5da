import { type Party, type QueueRecord, type QueueStore, type StoreCounts, StoreError } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import type { Database } from "./database.ts";
import { type Defer, GroupCommit } from "./group-commit.ts";
import { messageMethods } from "./messages.ts";
import { notifierMethods } from "./notifiers.ts";
import { QueueCache } from "./queue-cache.ts";
import { queueMethods } from "./queues.ts";
import { blob, integer } from "./rows.ts";
import { prepareAll } from "./statements.ts";

/** The store in one SQLite file. */
export type SqliteStore = ReturnType<typeof sqliteStore>;

/** What commands of the operator leave in the file for the relay that runs on it. */
export interface StatusChanges {
  /** Leaves word that the status of a queue was set. */
  leaveStatusChange(recipientId: Uint8Array): void;
  /** The recipient ids of queues whose status other processes have set since this was asked last. */
  takeStatusChanges(): readonly Uint8Array[];
}

/**
 * The store in one SQLite file. Reads and writes are synchronous; `durable` waits for the group commit.
 * @param defer runs a callback when the tick is over, such as `setImmediate`
 * @param pause see `GroupCommit`
 */
export function sqliteStore(database: Database, defer: Defer, pause?: () => Promise<void>) {
  const statements = prepareAll(database);
  const cache = new QueueCache(statements);
  const failed: ((error: StoreError) => void)[] = [];
  const forgetting: (() => void)[] = [() => cache.forget()];
  const group = new GroupCommit(database, defer, onRollback, pause);
  const context: SqliteContext = {
    statements,
    cache,
    write(run) {
      group.write();
      try {
        return run();
      } catch (error) {
        throw group.fail(error);
      }
    },
    nextTick: () => new Promise((resolve) => defer(resolve)),
    onForget: (callback) => forgetting.push(callback),
  };
  let dataVersion = readDataVersion();
  let dataVersionChecked = false;
  /** The version of the data when status changes were looked for last. */
  let statusChangesVersion: number | undefined;

  /** After a rollback the cache may hold what was never stored. */
  function onRollback(error: StoreError): void {
    forget();
    for (const callback of failed) callback(error);
  }

  function forget(): void {
    for (const callback of forgetting) callback();
  }

  /** Another process, such as `relay block`, may have changed the file: looked at once a tick. */
  function checkDataVersion(): void {
    if (dataVersionChecked) return;
    dataVersionChecked = true;
    defer(() => {
      dataVersionChecked = false;
    });
    noteDataVersion(readDataVersion());
  }

  function noteDataVersion(version: number): void {
    if (version === dataVersion) return;
    dataVersion = version;
    forget();
  }

  function readDataVersion(): number {
    const row = statements.dataVersion.get();
    return row === undefined ? 0 : integer(row, "data_version");
  }

  return {
    ...queueMethods(context),
    ...messageMethods(context),
    ...notifierMethods(context),

    findQueue(party: Party, id: Uint8Array): QueueRecord | undefined {
      checkDataVersion();
      return cache.record(party, id);
    },

    leaveStatusChange(recipientId: Uint8Array): void {
      context.write(() => statements.insertStatusChange.run(recipientId));
    },

    takeStatusChanges(): readonly Uint8Array[] {
      const version = readDataVersion();
      if (version === statusChangesVersion) return [];
      statusChangesVersion = version;
      noteDataVersion(version);
      const rows = context.write(() => statements.takeStatusChanges.all());
      return rows.map((row) => blob(row, "recipient_id"));
    },

    counts(): StoreCounts {
      const row = statements.counts.get();
      if (row === undefined) throw new StoreError("cannot count: the database gives no row");
      return {
        queues: integer(row, "queues"),
        messages: integer(row, "messages"),
        notifications: integer(row, "notifications"),
      };
    },

    onFailure(callback: (error: StoreError) => void): void {
      failed.push(callback);
    },

    durable: (): Promise<void> | undefined => group.durable(),

    async close(): Promise<void> {
      await group.flush();
      database.close();
    },
  } satisfies QueueStore & StatusChanges;
}
