import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { choice, fixedBytes, hexEncode, maybe, shortText, struct, tail, word32 } from "../../bytes/index.ts";
import type { Random } from "../../crypto/random.ts";
import type { Store, Transaction } from "../store.ts";
import { Table } from "../table.ts";
import { privateFolderMode, readFileIfThere, writeFileAtomically } from "./atomic-file.ts";
import { translated } from "./translated.ts";

/**
 * Why a store may hold an older state than one that was in use since. A ratchet that goes on from an old state
 * uses keys twice and loses the conversation, so all of them have to be re-synchronised first.
 * - `restored`: it came out of a backup
 * - `copied`: the file is not the one that was in use (another inode)
 * - `behind`: the state folder remembers a later use of this store
 */
export type Staleness = "restored" | "copied" | "behind";

interface State {
  /** 16 random bytes that name the store, its copies included. */
  readonly id: Uint8Array;
  /** Grows at each opening and each clean closing. */
  readonly uses: number;
  /** The inode of the file. */
  readonly file: string;
  readonly stale: Staleness | undefined;
}

const idLength = 16;
const stateKey = new Uint8Array();
const states = new Table<Uint8Array, State>(
  "freshness",
  tail,
  struct<State>({
    id: fixedBytes(idLength),
    uses: word32,
    file: shortText,
    stale: maybe(choice<Staleness>({ restored: "R", copied: "C", behind: "B" })),
  }),
);

/**
 * Notes that a store begins to be used, and tells whether its state may be an old one. That stays so,
 * through restarts too, until `markFresh`.
 * @param path the database file
 * @param witnessFolder a folder apart from the data, which a copy or backup of the data doesn't take along
 */
export function beginUse(
  store: Store,
  path: string,
  witnessFolder: string,
  random: Random,
): Staleness | undefined {
  const file = inodeOf(path);
  const before = store.transaction((transaction) => states.get(transaction, stateKey));
  if (before === undefined) {
    putState(store, { id: random(idLength), uses: 0, file, stale: undefined }, witnessFolder);
    return undefined;
  }
  const witnessed = readWitness(before, witnessFolder);
  const stale =
    before.stale ?? (before.file !== file ? "copied" : witnessed > before.uses ? "behind" : undefined);
  const uses = stale === undefined ? before.uses + 1 : before.uses;
  putState(store, { ...before, uses, stale }, witnessFolder);
  return stale;
}

/** Notes that a use ends well; a copy made during it can be told from the store from now on. */
export function endUse(store: Store, witnessFolder: string): void {
  const state = store.transaction((transaction) => states.get(transaction, stateKey));
  if (state !== undefined && state.stale === undefined) {
    putState(store, { ...state, uses: state.uses + 1 }, witnessFolder);
  }
}

/** Declares that nothing in the store depends on what may be old any more: in the transaction that makes it so. */
export function markFresh(transaction: Transaction, path: string, witnessFolder: string): void {
  const state = states.get(transaction, stateKey);
  if (state === undefined) return;
  const uses = Math.max(state.uses, readWitness(state, witnessFolder)) + 1;
  states.put(transaction, stateKey, { ...state, uses, file: inodeOf(path), stale: undefined });
}

/** Declares that the store came out of a backup. */
export function markRestored(transaction: Transaction): void {
  const state = states.get(transaction, stateKey);
  if (state !== undefined) states.put(transaction, stateKey, { ...state, stale: "restored" });
}

function putState(store: Store, state: State, witnessFolder: string): void {
  store.transaction((transaction) => states.put(transaction, stateKey, state));
  if (state.stale === undefined) writeWitness(state, witnessFolder);
}

function readWitness({ id }: State, folder: string): number {
  const uses = Number(readFileIfThere(join(folder, hexEncode(id))) ?? 0);
  return Number.isSafeInteger(uses) ? uses : 0;
}

function writeWitness({ id, uses }: State, folder: string): void {
  translated(`write ${folder}`, () => mkdirSync(folder, { recursive: true, mode: privateFolderMode }));
  writeFileAtomically(join(folder, hexEncode(id)), `${uses}\n`);
}

function inodeOf(path: string): string {
  return translated(`read ${path}`, () => statSync(path, { bigint: true }).ino.toString());
}
