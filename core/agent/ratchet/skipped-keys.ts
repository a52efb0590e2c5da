import { encode, equalBytes } from "../../bytes/index.ts";
import { wipe } from "../../crypto/wipe.ts";
import { expiredSkippedKeys, type SkippedKey, type SkippedKeyChanges } from "../../ratchet/ratchet.ts";
import type { Entry } from "../../store/table.ts";
import type { ConnectionId } from "../api.ts";
import type { CleanUpStep } from "../clean-up.ts";
import { connectionId } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import type { NumberKey } from "../state/records.ts";
import { type StoredSkippedKey, tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

type SkippedRow = Entry<NumberKey, StoredSkippedKey>;

/** The stored keys of skipped messages of a connection, the oldest first. */
export function skippedRows({ transaction }: Work, id: ConnectionId): readonly SkippedRow[] {
  return tables.skippedKeys.range(transaction, { prefix: encode(connectionId, id).slice() });
}

function sameSkippedKey(a: SkippedKey, b: SkippedKey): boolean {
  return a.number === b.number && equalBytes(a.headerKey, b.headerKey);
}

/** Stores changes of the skipped keys, and deletes those that are too old or too many. Returns how many there are. */
export function storeSkipped(
  work: Work,
  connection: Connection,
  { added, removed }: SkippedKeyChanges,
): number {
  if (added.length === 0 && connection.skipped === 0) return 0;
  const rows = skippedRows(work, connection.id);
  const gone = removed === undefined ? [] : rows.filter(({ value }) => sameSkippedKey(value.key, removed));
  const kept = rows.filter((row) => !gone.includes(row));
  let number = (rows.at(-1)?.key.number ?? 0) + 1;
  const storedAt = secondsOf(work);
  const fresh = added.map((key): SkippedRow => {
    const row = { key: { connection: connection.id, number: number++ }, value: { storedAt, key } };
    tables.skippedKeys.put(work.transaction, row.key, row.value);
    return row;
  });
  const all = [...kept, ...fresh];
  const expired = expiredOf(all, storedAt);
  deleteRows(work, [...gone, ...expired]);
  return all.length - expired.length;
}

/** After how many connections looked at and keys deleted a transaction ends; those of one connection go together. */
const pageSize = 200;

/**
 * Deletes the keys of skipped messages that are too old, also of connections that nothing comes for any more. Of each
 * connection only the oldest is looked at, unless that is due.
 * @param after the connection to go on after
 */
export function expireSkipped(after?: ConnectionId): CleanUpStep {
  return (work) => {
    const now = secondsOf(work);
    let last = after;
    for (let done = 0; done < pageSize; done++) {
      const from = last === undefined ? {} : { after: { connection: last, number: Number.MAX_SAFE_INTEGER } };
      const [oldest] = tables.skippedKeys.range(work.transaction, { ...from, limit: 1 });
      if (oldest === undefined) return undefined;
      last = oldest.key.connection;
      wipe(oldest.value.key.messageKey.key);
      if (expiredOf([oldest], now).length > 0) done += expireOf(work, last, now);
    }
    return expireSkipped(last);
  };
}

/** @returns how many keys were too old */
function expireOf(work: Work, id: ConnectionId, now: number): number {
  const rows = skippedRows(work, id);
  const expired = expiredOf(rows, now);
  deleteRows(work, expired);
  for (const { value } of rows) wipe(value.key.messageKey.key);
  const connection = work.find(id);
  if (connection !== undefined) work.put({ ...connection, skipped: rows.length - expired.length });
  return expired.length;
}

function expiredOf(rows: readonly SkippedRow[], now: number): readonly SkippedRow[] {
  const aged = rows.map((row) => ({ row, storedAt: row.value.storedAt }));
  return expiredSkippedKeys(aged, now).map(({ row }) => row);
}

function deleteRows({ transaction }: Work, rows: readonly SkippedRow[]): void {
  for (const { key } of rows) tables.skippedKeys.delete(transaction, key);
}

function secondsOf({ nowMs }: Work): number {
  return Math.max(0, Math.floor(nowMs / 1000));
}
