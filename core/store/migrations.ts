import { decode, encode, word32 } from "../bytes/index.ts";
import { StoreError } from "./errors.ts";
import type { Store, Transaction } from "./store.ts";

/** Brings a store from the version before to its own; runs once, in a transaction with the note that it ran. */
export type Migration = (transaction: Transaction) => void;

const table = "schema";

function versionOf(transaction: Transaction, part: Uint8Array): number {
  const bytes = transaction.get(table, part);
  return bytes === undefined ? 0 : decode(word32, bytes);
}

/**
 * Runs the migrations of one part of the program (its name is the key of its version) that a store has not
 * seen yet, in order. Migration N (from 1) makes version N; migrations are only ever appended.
 * @throws StoreError `newer` when the store has more versions than there are migrations
 */
export function migrate(store: Store, part: string, migrations: readonly Migration[]): void {
  const key = new TextEncoder().encode(part);
  const found = store.transaction((transaction) => versionOf(transaction, key));
  if (found > migrations.length) {
    throw new StoreError(
      "newer",
      `cannot open store: its ${part} version ${found} is newer than ${migrations.length}, which this program knows`,
    );
  }
  migrations.slice(found).forEach((migration, i) => {
    store.transaction((transaction) => {
      migration(transaction);
      transaction.put(table, key, encode(word32, found + i + 1));
    });
  });
}
