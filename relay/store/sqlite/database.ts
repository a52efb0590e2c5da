import { closeSync, fdatasync, openSync } from "node:fs";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { StoreError } from "../store.ts";
import type { CommitTarget } from "./group-commit.ts";
import type { Row } from "./rows.ts";
import { checkpointPages, pageLength, schemaSteps } from "./schema.ts";

/** A prepared statement. */
export interface Statement {
  run(...values: SQLInputValue[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): readonly Row[];
}

const fileMode = 0o600;
/** How long a write waits for another process, such as `relay block`, in milliseconds. */
const busyTimeoutMs = 5000;

/**
 * The database file, opened for one relay. SQLite itself syncs the disk only when it merges the log into
 * the file; `sync` syncs the log after a commit in a thread, so that the relay never waits for the disk.
 */
export class Database implements CommitTarget {
  readonly #database: DatabaseSync;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #logPath: string;
  #log: number | undefined;

  /**
   * Opens the file, making it if there is none.
   * @throws StoreError when it is not ours or cannot be used, Error of the system when it cannot be opened
   */
  constructor(path: string) {
    this.#logPath = `${path}-wal`;
    closeSync(openSync(path, "a", fileMode));
    try {
      // An import would keep a Node that is too old from saying so.
      const sqlite = process.getBuiltinModule("node:sqlite");
      this.#database = new sqlite.DatabaseSync(path);
      this.#database.exec(
        `PRAGMA page_size = ${pageLength}; PRAGMA busy_timeout = ${busyTimeoutMs}; ` +
          "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; " +
          `PRAGMA wal_autocheckpoint = ${checkpointPages}; PRAGMA cache_size = -8192`,
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StoreError(`cannot open store: ${path} cannot be used (${reason})`, { cause: error });
    }
    this.#migrate(path);
    this.#settle(path);
    this.#begin = this.prepare("BEGIN IMMEDIATE");
    this.#commit = this.prepare("COMMIT");
    this.#rollback = this.prepare("ROLLBACK");
  }

  prepare(sql: string): Statement {
    return this.#database.prepare(sql);
  }

  begin(): void {
    this.#begin.run();
  }

  commit(): void {
    this.#commit.run();
  }

  rollback(): void {
    this.#rollback.run();
  }

  sync(): Promise<void> {
    this.#log ??= openSync(this.#logPath, "r+");
    const log = this.#log;
    return new Promise((resolve, reject) => {
      fdatasync(log, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Merges the log into the file and empties it, so that nothing deleted stays in it. */
  checkpoint(): void {
    this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  close(): void {
    this.checkpoint();
    if (this.#log !== undefined) closeSync(this.#log);
    this.#database.close();
  }

  /**
   * Has what is in the log written into the file and synced, before more is built on it: after a sync that failed, the
   * system may show a log that is not on the disk.
   */
  #settle(path: string): void {
    try {
      // As far as other processes are not at it: it waits for none.
      this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      throw new StoreError(`cannot open store: ${path} cannot be synced`, { cause: error });
    }
  }

  /** Brings the tables up to date. @throws StoreError when a later version of the relay made them */
  #migrate(path: string): void {
    if (this.#version(path) === schemaSteps.length) return;
    this.#database.exec("BEGIN IMMEDIATE");
    // Another process may have done it meanwhile.
    const steps = schemaSteps.slice(this.#version(path));
    this.#database.exec(`${steps.join("")} PRAGMA user_version = ${schemaSteps.length}; COMMIT`);
  }

  #version(path: string): number {
    const version = Number(this.#database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version <= schemaSteps.length) return version;
    throw new StoreError(`cannot open store: ${path} has version ${version}, not ${schemaSteps.length}`);
  }
}
