import { closeSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3-multiple-ciphers";
import { hexEncode } from "../../bytes/index.ts";
import { StoreError } from "../errors.ts";
import {
  checkName,
  prefixEnd,
  type Row,
  type RowRange,
  type Store,
  searchWords,
  type Transaction,
} from "../store.ts";
import { privateFileMode } from "./atomic-file.ts";
import { translated } from "./translated.ts";

/** Length of the key a database is encrypted with, in bytes. */
export const databaseKeyLength = 32;

/** The order of `limit` when there is none, as SQLite writes it. */
const noLimit = -1;

interface TableStatements {
  readonly get: Database.Statement;
  readonly put: Database.Statement;
  readonly delete: Database.Statement;
}

interface IndexStatements {
  readonly put: Database.Statement;
  readonly delete: Database.Statement;
  readonly search: Database.Statement;
}

/**
 * A store in one SQLite file in the format of SQLCipher 4, with a raw 256-bit key: `sqlcipher` and other tools
 * of that format open it with `PRAGMA key = "x'<hex>'"`. Each commit is on the disk when `transaction` returns;
 * what is deleted is overwritten. The file is locked while it is open.
 */
export class SqliteStore implements Store {
  readonly #database: Database.Database;
  readonly #tables = new Map<string, TableStatements>();
  readonly #indexes = new Map<string, IndexStatements>();
  readonly #statements = new Map<string, Database.Statement>();
  #current: object | undefined;

  /**
   * Opens the file, or creates it.
   * @throws StoreError `locked`, `denied`, `corrupt` (also when the key is not that of the file)
   */
  constructor(path: string, key: Uint8Array) {
    this.#database = translated("open store", () => openDatabase(path, key));
  }

  transaction<T>(run: (transaction: Transaction) => T): T {
    const mark = {};
    if (!this.#database.open) throw new StoreError("misuse", "cannot use store: it is closed");
    if (this.#current !== undefined)
      throw new StoreError("misuse", "cannot begin transaction: one is under way");
    this.#current = mark;
    try {
      this.#run("begin immediate");
      const value = run(this.#transaction(mark));
      this.#run("commit");
      return value;
    } catch (error) {
      this.#rollback();
      throw error;
    } finally {
      this.#current = undefined;
    }
  }

  close(): void {
    if (this.#database.open) this.#database.close();
  }

  /**
   * Encrypts the whole file anew under another key, atomically.
   * @param key 32 bytes
   */
  rekey(key: Uint8Array): void {
    translated("change key", () => {
      this.#database.pragma("journal_mode = DELETE");
      this.#database.pragma(`rekey = "x'${hexEncode(key)}'"`);
      this.#database.pragma("journal_mode = WAL");
    });
  }

  /** Writes a compact copy, encrypted with the same key, to a file that must not exist yet. */
  copyTo(path: string): void {
    translated("copy store", () => this.#database.prepare("vacuum into ?").run(path));
  }

  #run(sql: string): void {
    translated("use store", () => this.#statement(sql).run());
  }

  #rollback(): void {
    // SQLite ends a transaction by itself on some errors (a full disk): then there is nothing to roll back. Tables
    // that came into being in it are gone, and so must be what was prepared for them.
    if (this.#database.open && this.#database.inTransaction) this.#run("rollback");
    this.#tables.clear();
    this.#indexes.clear();
    this.#statements.clear();
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #transaction(mark: object): Transaction {
    const use = <T>(call: () => T): T => {
      if (this.#current !== mark) throw new StoreError("misuse", "cannot use transaction: it has ended");
      return translated("use store", call);
    };
    return {
      get: (table, key) => use(() => bytesOrNone(this.#table(table).get.get(key))),
      put: (table, key, value) => use(() => void this.#table(table).put.run(key, value)),
      delete: (table, key) => use(() => void this.#table(table).delete.run(key)),
      range: (table, range = {}) => use(() => this.#range(table, range)),
      count: (table, range = {}) => use(() => this.#count(table, range)),
      index: (index, id, text) => use(() => void this.#index(index).put.run(id, searchWords(text).join(" "))),
      unindex: (index, id) => use(() => void this.#index(index).delete.run(id)),
      search: (index, query, limit, before) => use(() => this.#search(index, query, limit, before)),
    };
  }

  #table(name: string): TableStatements {
    let statements = this.#tables.get(name);
    if (statements === undefined) {
      checkName(name);
      this.#database.exec(
        `create table if not exists t_${name} (key blob primary key, value blob not null) without rowid`,
      );
      statements = {
        get: this.#database.prepare(`select value from t_${name} where key = ?`).pluck(),
        put: this.#database.prepare(`insert or replace into t_${name} values (?, ?)`),
        delete: this.#database.prepare(`delete from t_${name} where key = ?`),
      };
      this.#tables.set(name, statements);
    }
    return statements;
  }

  #range(name: string, range: RowRange): Row[] {
    const { where, values } = this.#where(name, range);
    const order = range.reverse === true ? "desc" : "asc";
    const sql = `select key, value from t_${name} ${where} order by key ${order} limit ?`;
    const rows = this.#statement(sql).all(...values, range.limit ?? noLimit) as Row[];
    return rows.map(({ key, value }) => ({ key: bytesOf(key), value: bytesOf(value) }));
  }

  #count(name: string, range: RowRange): number {
    const { where, values } = this.#where(name, range);
    return this.#statement(`select count(*) from t_${name} ${where}`)
      .pluck()
      .get(...values) as number;
  }

  #where(name: string, { prefix, after, reverse }: RowRange): { where: string; values: Uint8Array[] } {
    this.#table(name);
    const conditions: string[] = [];
    const values: Uint8Array[] = [];
    const add = (condition: string, value: Uint8Array | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    if (prefix !== undefined && prefix.length > 0) {
      add("key >= ?", prefix);
      add("key < ?", prefixEnd(prefix));
    }
    add(reverse === true ? "key < ?" : "key > ?", after);
    return { where: conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`, values };
  }

  #index(name: string): IndexStatements {
    let statements = this.#indexes.get(name);
    if (statements === undefined) {
      checkName(name);
      this.#database.exec(
        `create virtual table if not exists f_${name} using fts5(words, prefix='2 3', tokenize="unicode61 remove_diacritics 2")`,
      );
      // Without it the words of a deleted text would stay in the index until its segments are merged.
      this.#database.exec(`insert into f_${name} (f_${name}, rank) values ('secure-delete', 1)`);
      const search = `select rowid from f_${name} where f_${name} match ? and rowid < ? order by rowid desc limit ?`;
      statements = {
        put: this.#database.prepare(`insert or replace into f_${name} (rowid, words) values (?, ?)`),
        delete: this.#database.prepare(`delete from f_${name} where rowid = ?`),
        search: this.#database.prepare(search).pluck(),
      };
      this.#indexes.set(name, statements);
    }
    return statements;
  }

  #search(index: string, query: string, limit: number, before = Number.MAX_SAFE_INTEGER): number[] {
    const words = searchWords(query);
    if (words.length === 0) return [];
    const match = `${words.map((word) => `"${word}"`).join(" AND ")}*`;
    return this.#index(index).search.all(match, before, limit) as number[];
  }
}

function openDatabase(path: string, key: Uint8Array): Database.Database {
  if (key.length !== databaseKeyLength) throw new RangeError("cannot open store: key is not 32 bytes");
  statSync(dirname(path));
  // SQLite's own mode would let others read it; the log gets the mode of the database.
  closeSync(openSync(path, "a", privateFileMode));
  const database = new Database(path, { timeout: 0 });
  try {
    database.pragma("cipher = 'sqlcipher'");
    database.pragma("legacy = 4");
    database.pragma(`key = "x'${hexEncode(key)}'"`);
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("secure_delete = ON");
    database.pragma("temp_store = MEMORY");
    // Takes the lock now, so that a second process is refused at once and not at its first write.
    database.exec("begin immediate; commit");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function bytesOf(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function bytesOrNone(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? bytesOf(value) : undefined;
}
