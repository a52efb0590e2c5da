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

const version = 1;

/**
 * Reads the keys in a key file: one, or during a change of keys those of before and after it.
 * Undefined when there is no such file.
 * @throws StoreError `corrupt` when it is not a key file, `newer` for a later version of it
 */
export function readKeyFile(path: string): readonly KeptKey[] | undefined {
  const text = readFileIfThere(path);
  if (text === undefined) return undefined;
  return parseKeys(text, path);
}

/** Replaces the key file as one step. */
export function writeKeyFile(path: string, keys: readonly KeptKey[]): void {
  writeFileAtomically(path, formatKeys(keys));
}

/** Makes the key file, unless there is one. @returns whether it did */
export function createKeyFile(path: string, keys: readonly KeptKey[]): boolean {
  return createFileAtomically(path, formatKeys(keys));
}

/** The text of a key file. */
export function formatKeys(keys: readonly KeptKey[]): string {
  return `${JSON.stringify({ version, keys: keys.map(formatKey) }, undefined, 2)}\n`;
}

/** @param where names the text in an error */
export function parseKeys(text: string, where: string): readonly KeptKey[] {
  try {
    const file = record(JSON.parse(text));
    if (typeof file["version"] === "number" && file["version"] > version) {
      throw new StoreError("newer", `cannot read ${where}: it is of a later version of this program`);
    }
    const { keys } = file;
    if (file["version"] !== version || !Array.isArray(keys)) throw new DecodeError("not a key file");
    return keys.map(parseKey);
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
