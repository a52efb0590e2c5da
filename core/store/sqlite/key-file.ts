import { DecodeError, hexDecode, hexEncode } from "../../bytes/index.ts";
import { StoreError } from "../errors.ts";
import { createFileAtomically, readFileIfThere, writeFileAtomically } from "./atomic-file.ts";
import type { ScryptCost, SealedKey } from "./passphrase.ts";

/**
 * How the key of a database is kept: as it is, in a file that only the user can read, or sealed under a
 * passphrase.
 */
export type KeptKey =
  | { readonly type: "plain"; readonly key: Uint8Array }
  | { readonly type: "sealed"; readonly sealed: SealedKey };

/** What a key file says. */
export interface KeyFile {
  /** One key, or during a change of keys those of before and after it. */
  readonly keys: readonly KeptKey[];
  /** Whether the database may not have been made yet, which comes after its key. Later it is never made anew. */
  readonly isNew: boolean;
}

const version = 1;

/**
 * Reads a key file; undefined when there is none.
 * @throws StoreError `corrupt` when it is not a key file, `newer` for a later version of it
 */
export function readKeyFile(path: string): KeyFile | undefined {
  const text = readFileIfThere(path);
  if (text === undefined) return undefined;
  return parseKeyFile(text, path);
}

/** Replaces the key file as one step: that of a database which is there. */
export function writeKeyFile(path: string, keys: readonly KeptKey[]): void {
  writeFileAtomically(path, formatKeyFile({ keys, isNew: false }));
}

/** Makes the key file for a database that is to be made, unless there is one. @returns whether it did */
export function createKeyFile(path: string, keys: readonly KeptKey[]): boolean {
  return createFileAtomically(path, formatKeyFile({ keys, isNew: true }));
}

/** The text of a key file. */
export function formatKeyFile({ keys, isNew }: KeyFile): string {
  const file = { version, ...(isNew ? { isNew } : {}), keys: keys.map(formatKey) };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** @param where names the text in an error */
export function parseKeyFile(text: string, where: string): KeyFile {
  try {
    const file = record(JSON.parse(text));
    if (typeof file["version"] === "number" && file["version"] > version) {
      throw new StoreError("newer", `cannot read ${where}: it is of a later version of this program`);
    }
    const { keys } = file;
    if (file["version"] !== version || !Array.isArray(keys)) throw new DecodeError("not a key file");
    return { keys: keys.map(parseKey), isNew: file["isNew"] === true };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError("corrupt", `cannot read ${where}: it is not a key file`);
  }
}

function formatKey(kept: KeptKey): unknown {
  if (kept.type === "plain") return { plain: hexEncode(kept.key) };
  const { cost, salt, sealed } = kept.sealed;
  return { scrypt: cost, salt: hexEncode(salt), sealed: hexEncode(sealed) };
}

function parseKey(value: unknown): KeptKey {
  const fields = record(value);
  if (fields["plain"] !== undefined) return { type: "plain", key: hexDecode(text(fields["plain"])) };
  const cost = record(fields["scrypt"]);
  const sealed = {
    cost: { N: number(cost["N"]), r: number(cost["r"]), p: number(cost["p"]) } satisfies ScryptCost,
    salt: hexDecode(text(fields["salt"])),
    sealed: hexDecode(text(fields["sealed"])),
  };
  return { type: "sealed", sealed };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new DecodeError("not an object");
  return { ...value };
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new DecodeError("not a text");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new DecodeError("not a whole number");
  return value;
}
