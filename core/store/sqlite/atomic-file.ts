import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { translated } from "./translated.ts";

/** Only the user may read and write. */
export const privateFileMode = 0o600;

/** Only the user may list and enter. */
export const privateFolderMode = 0o700;

/**
 * Replaces a file as one step: after a crash it holds the old or the new text, never a part.
 * Readable by the user only.
 */
export function writeFileAtomically(path: string, text: string): void {
  translated(`write ${path}`, () => {
    const temporary = `${path}.new`;
    writeAndSync(temporary, text);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  });
}

/** The text of a file, or undefined when there is none. */
export function readFileIfThere(path: string): string | undefined {
  return translated(`read ${path}`, () => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  });
}

function writeAndSync(path: string, text: string): void {
  const file = openSync(path, "w", privateFileMode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
