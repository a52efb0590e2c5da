import { concat, encode, word32 } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import type { CleanUpStep } from "../clean-up.ts";
import { connectionId } from "./codecs.ts";
import type { Connection } from "./connection-record.ts";
import { seenHashLength, tables } from "./tables.ts";
import type { Work } from "./work.ts";

const dayMs = 24 * 3_600_000;

/** For how many days, besides that of a message, its hash is kept. Relays keep messages for 21. */
const daysKept = 30;

/**
 * Hashes of a connection and a day are kept in parts of so many. They have no order in which they could be found, and
 * within a small part a new one is written near those before it, to pages that are at hand.
 */
export const seenPartLength = 500;

/** Most parts of a day: of so many messages beyond 16,000 the oldest of that day go, so that a peer can't fill the store. */
export const seenPartsMax = 32;

/** How many are deleted in one transaction. */
const expiredAtOnce = 500;

const nothing = new Uint8Array(0);

/** The day of a time: whole days since the Unix epoch. */
export function dayOf(nowMs: number): number {
  return Math.max(0, Math.floor(nowMs / dayMs));
}

/** What a ciphertext is known by. */
export function seenHash(message: Uint8Array): Uint8Array {
  return sha256(message).slice(0, seenHashLength);
}

/** Notes a ciphertext that was taken, so that it is known when it comes again. */
export function noteSeen(work: Work, connection: Connection, message: Uint8Array): Connection {
  const { id, seenDay } = connection;
  // A clock that was set back does not lead to days that are looked at no more.
  const day = Math.max(dayOf(work.nowMs), seenDay);
  const seen = day === seenDay ? connection.seen : 0;
  const part = Math.floor(seen / seenPartLength) % seenPartsMax;
  if (seen >= seenPartLength * seenPartsMax && seen % seenPartLength === 0)
    deleteAll(work, concat(dayPrefix(connection, day), Uint8Array.of(part)));
  tables.seen.put(work.transaction, { day, connection: id, part, hash: seenHash(message) }, nothing);
  return { ...connection, seenDay: day, seen: seen + 1 };
}

/** Whether this very ciphertext was taken before. */
export function wasSeen({ transaction }: Work, connection: Connection, message: Uint8Array): boolean {
  const hash = seenHash(message);
  for (const day of days(connection)) {
    const prefix = dayPrefix(connection, day);
    const [last] = tables.seen.range(transaction, { prefix, reverse: true, limit: 1 });
    for (let part = 0; part <= (last?.key.part ?? -1); part++) {
      const key = { day, connection: connection.id, part, hash };
      if (tables.seen.get(transaction, key) !== undefined) return true;
    }
  }
  return false;
}

/** Forgets all ciphertexts of a connection. */
export function forgetSeen(work: Work, connection: Connection): void {
  for (const day of days(connection)) deleteAll(work, dayPrefix(connection, day));
}

/** Deletes hashes that were kept for long enough: the oldest come first. */
export function expireSeen({ transaction, nowMs }: Work): CleanUpStep | undefined {
  const oldest = dayOf(nowMs) - daysKept;
  const rows = tables.seen.range(transaction, { limit: expiredAtOnce });
  const expired = rows.filter(({ key }) => key.day < oldest);
  for (const { key } of expired) tables.seen.delete(transaction, key);
  return expired.length < expiredAtOnce ? undefined : expireSeen;
}

/** The days of which a connection may have hashes, the latest first. */
function days({ seenDay }: Connection): readonly number[] {
  return Array.from({ length: Math.min(seenDay, daysKept) + 1 }, (_, i) => seenDay - i);
}

function dayPrefix({ id }: Connection, day: number): Uint8Array {
  return concat(encode(word32, day), encode(connectionId, id));
}

function deleteAll({ transaction }: Work, prefix: Uint8Array): void {
  for (const { key } of tables.seen.range(transaction, { prefix })) tables.seen.delete(transaction, key);
}
