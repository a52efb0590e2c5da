import { concat } from "../../bytes/index.ts";
import { type Migration, migrate } from "../../store/migrations.ts";
import type { Store } from "../../store/store.ts";
import { ownIdLength } from "./codecs.ts";

const yes = Uint8Array.of("T".charCodeAt(0));
const no = Uint8Array.of("F".charCodeAt(0));

/**
 * Version 1: a connection knows whether it is suspended, behind all else of its record. Before, only the task to
 * suspend it said so, as long as it was not done; of what was suspended by then nothing is known.
 */
const suspendedConnections: Migration = (transaction) => {
  const suspendTag = "O".charCodeAt(0);
  const timeLength = 8;
  const suspended = new Set(
    transaction
      .range("agent_tasks")
      .filter(({ value }) => value[ownIdLength + timeLength] === suspendTag)
      .map(({ value }) => value.subarray(0, ownIdLength).join()),
  );
  for (const { key, value } of transaction.range("agent_connections"))
    transaction.put("agent_connections", key, concat(value, suspended.has(key.join()) ? yes : no));
};

/** What brings the tables of the agent from each version to the next. They know the stored forms as they were. */
const migrations: readonly Migration[] = [suspendedConnections];

/** Brings a store to the form that this agent reads and writes. @throws StoreError `newer` when it is of a later one */
export function migrateAgent(store: Store): void {
  migrate(store, "agent", migrations);
}
