import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { utf8Encode } from "../../bytes/index.ts";
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
    replaceFile(temporary, path);
  });
}

/** Gives a file the name of another one, which it replaces as one step. */
export function replaceFile(from: string, to: string): void {
  translated(`write ${to}`, () => {
    renameSync(from, to);
    syncFolder(dirname(to));
  });
}

/**
 * Makes a file that is not there yet, as one step: of two that make it at the same time, one is told that it was not
 * the first. @returns whether the file is ours
 */
export function createFileAtomically(path: string, content: string | Uint8Array): boolean {
  return translated(`write ${path}`, () => {
    const temporary = `${path}.${process.pid}.new`;
    writeAndSync(temporary, content);
    try {
      linkOrCopy(temporary, path);
    } catch (error) {
      if (errorCode(error) === "EEXIST") return false;
      throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
    syncFolder(dirname(path));
    return true;
  });
}

/** Some file systems, such as those of memory sticks, have no links; there the file is copied. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** The text of a file, or undefined when there is none. */
export function readFileIfThere(path: string): string | undefined {
  return translated(`read ${path}`, () => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  });
}

function writeAndSync(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? utf8Encode(content) : content;
  const file = openSync(path, "w", privateFileMode);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
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
