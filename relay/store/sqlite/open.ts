import { setImmediate } from "node:timers";
import { delay } from "../../../core/clock/clock.ts";
import { systemClock } from "../../../core/clock/system.ts";
import { Database } from "./database.ts";
import { type SqliteStore, sqliteStore } from "./sqlite-store.ts";

/** Milliseconds between two commits at least: a single message does not wait, under load they share. */
const commitPauseMs = 2;

/** Opens the store in a file, making it if there is none. @throws as `Database` does */
export function openSqliteStore(path: string): SqliteStore {
  return sqliteStore(new Database(path), setImmediate, () => delay(systemClock, commitPauseMs));
}
