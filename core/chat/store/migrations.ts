import { type Migration, migrate } from "../../store/migrations.ts";
import type { Store } from "../../store/store.ts";

/** What brings the tables of the chat from each version to the next: none since the first release. */
const migrations: readonly Migration[] = [];

/** Brings a store to the form that this chat reads and writes. @throws StoreError `newer` when it is of a later one */
export function migrateChat(store: Store): void {
  migrate(store, "chat", migrations);
}
