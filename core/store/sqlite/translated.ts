import { StoreError, type StoreErrorCode } from "../errors.ts";

const codes: Readonly<Record<string, readonly [StoreErrorCode, string]>> = {
  SQLITE_BUSY: ["locked", "another process has it open"],
  SQLITE_LOCKED: ["locked", "another process has it open"],
  SQLITE_NOTADB: ["corrupt", "the file is damaged, or encrypted with another key"],
  SQLITE_CORRUPT: ["corrupt", "the file is damaged"],
  SQLITE_FULL: ["full", "the disk is full"],
  SQLITE_READONLY: ["denied", "the file is not writable"],
  SQLITE_CANTOPEN: ["denied", "the file can't be opened"],
  SQLITE_PERM: ["denied", "the file is not accessible"],
  SQLITE_IOERR: ["failed", "reading or writing the file failed"],
  EACCES: ["denied", "permission is missing"],
  EPERM: ["denied", "permission is missing"],
  EROFS: ["denied", "the file system is read-only"],
  ENOENT: ["missing", "there is no such file"],
  ENOTDIR: ["denied", "part of the path is not a folder"],
  EEXIST: ["denied", "the file exists already"],
  ENOSPC: ["full", "the disk is full"],
  EDQUOT: ["full", "the disk quota is used up"],
};

/** Runs a call into SQLite or the file system; its errors become `StoreError`s that say what it was for. */
export function translated<T>(purpose: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const [kind, reason] = codes[code] ?? codes[primary(code)] ?? ["failed", code];
    throw new StoreError(kind, `cannot ${purpose}: ${reason}`, { cause: error });
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof StoreError || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Extended codes such as SQLITE_IOERR_WRITE begin with their primary code. */
function primary(code: string): string {
  return code.split("_").slice(0, 2).join("_");
}
