import { setImmediate } from "node:timers";
import { Database } from "./database.ts";
import { SqliteStore } from "./sqlite-store.ts";

/** Opens the store in a file, making it if there is none. @throws StoreError when the file is not ours */
export function openSqliteStore(path: string): SqliteStore {
  return new SqliteStore(new Database(path), setImmediate);
}
