import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IdentityError, type IdentityFiles } from "./identity.ts";

const folderMode = 0o700;
const fileMode = 0o600;
/** In the order in which they are written: what only `ca.key` can make anew comes after it. */
const names = ["ca.crt", "ca.key", "server.crt", "server.key"] as const;

/** Whether a folder has an identity, or a part of one: then no other is to be put over it. */
export function hasIdentity(folder: string): boolean {
  return names.some((name) => existsSync(join(folder, name)));
}

/** @throws IdentityError naming the file that is missing */
export function loadIdentityFiles(folder: string): IdentityFiles {
  return {
    ...loadAuthorityFiles(folder),
    "server.crt": read(folder, "server.crt"),
    "server.key": read(folder, "server.key"),
  };
}

/** What an online certificate is made with. @throws IdentityError naming the file that is missing */
export function loadAuthorityFiles(folder: string): Pick<IdentityFiles, "ca.crt" | "ca.key"> {
  const authority = { "ca.crt": read(folder, "ca.crt") };
  return existsSync(join(folder, "ca.key")) ? { ...authority, "ca.key": read(folder, "ca.key") } : authority;
}

function read(folder: string, name: (typeof names)[number]): string {
  const path = join(folder, name);
  if (existsSync(path)) return readFileSync(path, "utf8");
  const remedy = name.startsWith("server") ? "; with ca.key, rotate-certificate makes it anew" : "";
  throw new IdentityError(`cannot read identity: ${path} is missing${remedy}`);
}

/**
 * Writes the files, each complete before it takes its name; only the operator can read them, or, when root writes
 * them for a relay with a user of its own, that user.
 */
export function saveIdentityFiles(folder: string, files: IdentityFiles): void {
  mkdirSync(folder, { recursive: true, mode: folderMode });
  const { uid, gid } = statSync(folder);
  for (const name of names) {
    const content = files[name];
    if (content === undefined) continue;
    const path = join(folder, name);
    writeFileSync(`${path}.new`, content, { mode: fileMode, flush: true });
    if (statSync(`${path}.new`).uid !== uid) chownSync(`${path}.new`, uid, gid);
    renameSync(`${path}.new`, path);
  }
}
