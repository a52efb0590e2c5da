import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Random, systemRandom } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { StoreError } from "../errors.ts";
import type { Store, Transaction } from "../store.ts";
import { privateFolderMode } from "./atomic-file.ts";
import { beginUse, endUse, markFresh, type Staleness } from "./freshness.ts";
import { createKeyFile, type KeptKey, readKeyFile, writeKeyFile } from "./key-file.ts";
import { openKey, type ScryptCost, scryptCostDefault, sealKey } from "./passphrase.ts";
import { databaseKeyLength, SqliteStore } from "./sqlite.ts";
import { translated } from "./translated.ts";

/** Where a store lives, and what it is opened with. */
export interface StoreOptions {
  /** The folder of the database and its key file; made when it is not there. */
  readonly folder: string;
  /** A folder apart from it, for the note that tells an old copy from the store. */
  readonly witnessFolder: string;
  readonly passphrase?: string;
  readonly random?: Random;
  /** Cost of deriving keys from passphrases that are set from now on. */
  readonly scryptCost?: ScryptCost;
}

/** An open store on the disk. */
export interface OpenStore {
  readonly store: Store;
  /** Why its state may be an older one; undefined when it is the latest. */
  readonly stale: Staleness | undefined;
  /** To be called in the transaction that has put right what depends on a stale state. */
  markFresh(transaction: Transaction): void;
  /** Encrypts everything under a new key, sealed under `passphrase` or, with undefined, kept as it is. */
  changePassphrase(passphrase: string | undefined): void;
  /** Writes a compact copy, encrypted as the store is, to a new file. */
  copyTo(path: string): void;
  /** The key of the database; the caller wipes it. */
  key(): Uint8Array;
  close(): void;
}

/** The database and the key file of a folder. */
export function storeFiles(folder: string): { readonly database: string; readonly keys: string } {
  return { database: join(folder, "store.db"), keys: join(folder, "store.key") };
}

/**
 * Whether a folder holds a store, and whether a passphrase is needed to open it. While keys are being changed that is
 * what the change leads to, as the last key says: with that the store is opened, wherever a crash ended the change.
 */
export function storeState(folder: string): "none" | "open" | "passphrase" {
  const files = storeFiles(folder);
  const file = readKeyFile(files.keys);
  if (file === undefined || (file.isNew && !existsSync(files.database))) return "none";
  return file.keys.at(-1)?.type === "plain" ? "open" : "passphrase";
}

/**
 * Opens the store of a folder, or creates it there. In the place of one that is lost or damaged nothing is created.
 * @throws StoreError `passphrase` when one is needed or the one given is wrong, `locked`, `denied`, `corrupt`, `newer`
 */
export function openStore(options: StoreOptions): OpenStore {
  const {
    folder,
    witnessFolder,
    passphrase,
    random = systemRandom,
    scryptCost = scryptCostDefault,
  } = options;
  translated(`make ${folder}`, () => mkdirSync(folder, { recursive: true, mode: privateFolderMode }));
  const files = storeFiles(folder);
  const keep = (key: Uint8Array, secret: string | undefined): KeptKey =>
    secret === undefined
      ? { type: "plain", key }
      : { type: "sealed", sealed: sealKey(key, secret, random, scryptCost) };

  let key: Uint8Array;
  let store: SqliteStore;
  let kept: readonly KeptKey[];
  const file = readKeyFile(files.keys);
  if (file !== undefined) {
    kept = file.keys;
    if (!file.isNew) requireDatabase(files.database);
    ({ key, store } = openWithKeys(files.database, kept, passphrase));
  } else {
    if (existsSync(files.database)) {
      throw new StoreError(
        "corrupt",
        `cannot open store: ${files.keys} is missing, without it the data can't be read`,
      );
    }
    key = random(databaseKeyLength);
    kept = [keep(key, passphrase)];
    // Another process that was quicker has the key: a second one would make the data unreadable.
    if (!createKeyFile(files.keys, kept)) return openStore(options);
    store = new SqliteStore(files.database, key);
  }
  const changePassphrase = (next: string | undefined): void => {
    // Whatever a crash interrupts, the key file then has the key of the database under the new passphrase.
    const newKey = random(databaseKeyLength);
    const newKept = keep(newKey, next);
    const before = readKeyFile(files.keys)?.keys ?? [];
    writeKeyFile(files.keys, [...before, keep(key, next), newKept]);
    store.rekey(newKey);
    writeKeyFile(files.keys, [newKept]);
    wipe(key);
    key = newKey;
  };
  if (kept.length > 1) finishChange(() => changePassphrase(passphrase));
  const stale = beginUse(store, files.database, witnessFolder, random);
  // From now on the database is there.
  if (file?.isNew !== false) writeKeyFile(files.keys, kept);

  return {
    store,
    stale,
    markFresh: (transaction) => markFresh(transaction, files.database, witnessFolder),
    changePassphrase,
    copyTo: (path) => store.copyTo(path),
    key: () => key.slice(),
    close() {
      endUse(store, witnessFolder);
      store.close();
      wipe(key);
    },
  };
}

/**
 * A change of keys that a crash has interrupted is made again, so that no key stays behind that a passphrase should
 * replace. The store can be used without that, as on a disk that is full.
 */
function finishChange(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** @throws StoreError `corrupt` when there is no database, or an empty file, which SQLite would take for a new one */
function requireDatabase(path: string): void {
  const found = translated(`read ${path}`, () => statSync(path, { throwIfNoEntry: false }));
  if (found !== undefined && found.size > 0) return;
  const what = found === undefined ? "missing" : "empty";
  const advice = "move its folder away to restore a backup or to begin anew";
  throw new StoreError("corrupt", `cannot open store: ${path} is ${what}; ${advice}`);
}

/** The key of one that was kept, as far as it is readable with this passphrase. */
function keyOf(kept: KeptKey, passphrase: string | undefined): Uint8Array | undefined {
  if (kept.type === "plain") return kept.key;
  return passphrase === undefined ? undefined : openKey(kept.sealed, passphrase);
}

/**
 * Opens a database with that of its keys which fits. Whether a passphrase is right shows by the keys, whose seals tell a
 * wrong one, so a database that does not open is damaged. While keys are being changed the passphrase may be the one of
 * before, which opens the last key not.
 */
function openWithKeys(
  path: string,
  kept: readonly KeptKey[],
  passphrase: string | undefined,
): { key: Uint8Array; store: SqliteStore } {
  if (passphrase === undefined && kept.every(({ type }) => type === "sealed"))
    throw new StoreError("passphrase", "cannot open store: a passphrase is needed");
  const keys = kept.map((one) => keyOf(one, passphrase));
  let failure: StoreError | undefined;
  for (const key of keys) {
    if (key === undefined) continue;
    try {
      return { key, store: new SqliteStore(path, key) };
    } catch (error) {
      if (!(error instanceof StoreError && error.code === "corrupt")) throw error;
      failure = error;
    }
  }
  if (failure !== undefined && keys.at(-1) !== undefined) throw failure;
  throw new StoreError("passphrase", "cannot open store: the passphrase is wrong");
}
