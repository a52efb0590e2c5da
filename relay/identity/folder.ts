import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IdentityError, type IdentityFiles } from "./identity.ts";

const folderMode = 0o700;
const fileMode = 0o600;
const required = ["ca.crt", "server.crt", "server.key"] as const;
const names = [...required, "ca.key"] as const;

/** Whether a folder has an identity. */
export function hasIdentity(folder: string): boolean {
  return existsSync(join(folder, "server.key"));
}

/** @throws IdentityError naming the file that is missing */
export function loadIdentityFiles(folder: string): IdentityFiles {
  const [authority, certificate, key] = required.map((name) => {
    const path = join(folder, name);
    if (!existsSync(path)) throw new IdentityError(`cannot read identity: ${path} is missing`);
    return readFileSync(path, "utf8");
  });
  if (authority === undefined || certificate === undefined || key === undefined) {
    throw new IdentityError("cannot read identity: a file is missing");
  }
  const files = { "ca.crt": authority, "server.crt": certificate, "server.key": key };
  const authorityKey = join(folder, "ca.key");
  return existsSync(authorityKey) ? { ...files, "ca.key": readFileSync(authorityKey, "utf8") } : files;
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
    writeFileSync(`${path}.new`, content, { mode: fileMode });
    if (statSync(`${path}.new`).uid !== uid) chownSync(`${path}.new`, uid, gid);
    renameSync(`${path}.new`, path);
  }
}
