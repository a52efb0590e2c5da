import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { decode, encode, largeText, literal, struct, tail } from "../../bytes/index.ts";
import { type Random, systemRandom } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { StoreError } from "../errors.ts";
import { createFileAtomically, privateFileMode, replaceFile } from "./atomic-file.ts";
import { markRestored } from "./freshness.ts";
import { formatKeyFile, parseKeyFile, writeKeyFile } from "./key-file.ts";
import { type OpenStore, storeFiles } from "./open.ts";
import { openKey, type ScryptCost, scryptCostDefault, sealKey } from "./passphrase.ts";
import { SqliteStore } from "./sqlite.ts";
import { translated } from "./translated.ts";

interface Backup {
  readonly magic: undefined;
  /** The text of a key file with the database's key sealed under the backup's passphrase. */
  readonly keys: string;
  /** A database in the format of SQLCipher 4. */
  readonly database: Uint8Array;
}

const backupCodec = struct<Backup>({ magic: literal("sotto backup 1\n"), keys: largeText, database: tail });

/**
 * Writes the whole store into one new file, encrypted under a passphrase.
 * @throws StoreError `denied` when the file exists or can't be written, `missing` without its folder, `full`
 */
export function backUp(
  open: OpenStore,
  path: string,
  passphrase: string,
  {
    random = systemRandom,
    scryptCost = scryptCostDefault,
  }: { random?: Random; scryptCost?: ScryptCost } = {},
): void {
  if (existsSync(path)) throw new StoreError("denied", `cannot write backup: ${path} exists already`);
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new StoreError("missing", `cannot write backup: there is no folder ${folder}`);
  const temporary = `${path}.part`;
  const key = open.key();
  try {
    rmSync(temporary, { force: true });
    open.copyTo(temporary);
    const database = translated("write backup", () => readFileSync(temporary));
    const sealed = sealKey(key, passphrase, random, scryptCost);
    const keys = formatKeyFile({ keys: [{ type: "sealed", sealed }], isNew: false });
    if (!createFileAtomically(path, encode(backupCodec, { magic: undefined, keys, database })))
      throw new StoreError("denied", `cannot write backup: ${path} exists already`);
  } finally {
    wipe(key);
    rmSync(temporary, { force: true });
  }
}

/**
 * Makes the store of a folder out of a backup; it is opened with the backup's passphrase afterwards, and is
 * marked as stale: connections have to be re-synchronised before they are used. After a crash it can be done again.
 * @throws StoreError `denied` when the folder has a store already, `passphrase`, `corrupt`
 */
export function restore(path: string, passphrase: string, folder: string): void {
  const files = storeFiles(folder);
  // The key file comes last: before it has its name, what is there can't be opened, and is no store.
  const unfinished = `${files.keys}.restoring`;
  if (existsSync(files.keys) || (existsSync(files.database) && !existsSync(unfinished))) {
    throw new StoreError("denied", `cannot restore: ${folder} has a store already`);
  }
  const backup = readBackup(path);
  const { keys: kept } = parseKeyFile(backup.keys, path);
  const [sealed] = kept;
  const key = sealed?.type === "sealed" ? openKey(sealed.sealed, passphrase) : undefined;
  if (key === undefined) throw new StoreError("passphrase", "cannot restore: the passphrase is wrong");
  try {
    writeKeyFile(unfinished, kept);
    removeDatabase(files.database);
    writeNew(files.database, backup.database);
    const store = new SqliteStore(files.database, key);
    try {
      store.transaction(markRestored);
    } finally {
      store.close();
    }
    replaceFile(unfinished, files.keys);
  } catch (error) {
    removeDatabase(files.database);
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    wipe(key);
  }
}

function removeDatabase(path: string): void {
  for (const part of [`${path}-wal`, `${path}-journal`, path]) rmSync(part, { force: true });
}

function readBackup(path: string): Backup {
  const bytes = translated(`read ${path}`, () => readFileSync(path));
  try {
    return decode(backupCodec, bytes);
  } catch {
    throw new StoreError("corrupt", `cannot restore: ${path} is not a backup`);
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  translated(`write ${path}`, () => {
    const file = openSync(path, "wx", privateFileMode);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}
