import { concat, encode, word32 } from "../../bytes/index.ts";
import { connectionId } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import type { SendQueue } from "../state/queue-records.ts";
import type { Copy, CopyKey, InFlight, OutboxItem } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

/** The queues that get what is sent to the primary one, too. */
function secondQueues({ send }: Connection): readonly SendQueue[] {
  const redundant = send.filter(({ switching }) => switching === "redundant").map(({ id }) => id);
  return send.filter(
    ({ switching, replaces }) =>
      switching === "ending" || (replaces !== undefined && redundant.includes(replaces)),
  );
}

function queuePrefix({ id }: Connection, queueId: number): Uint8Array {
  return concat(encode(connectionId, id), encode(word32, queueId));
}

/** What a queue was joined or accepted with belongs to it alone, as does what tests it. */
function isForAnyQueue({ kind, queue }: OutboxItem): boolean {
  return kind !== "confirmation" && queue === undefined;
}

/** Notes what was just encrypted for the second queues, while one is being replaced the fast way. */
export function copyToSecondQueues(
  work: Work,
  connection: Connection,
  item: OutboxItem,
  ready: InFlight,
): void {
  if (connection.send.length === 1 || !isForAnyQueue(item)) return;
  for (const { id } of secondQueues(connection)) addCopy(work, connection, id, item, ready);
}

/** The same for what was encrypted before, and may be on its way; unless it will be encrypted anew, with a new ratchet. */
export function copyInFlight(work: Work, connection: Connection, queueId: number): void {
  const prefix = encode(connectionId, connection.id).slice();
  for (const { key, value } of tables.inFlight.range(work.transaction, { prefix })) {
    const item = tables.outbox.get(work.transaction, key);
    if (item === undefined || !isForAnyQueue(item)) continue;
    const isOutdated = connection.sync === "started" || value.generation !== connection.generation;
    if (item.kind === "ratchetKey" || !isOutdated) addCopy(work, connection, queueId, item, value);
  }
}

function addCopy(
  work: Work,
  connection: Connection,
  queue: number,
  { notify }: OutboxItem,
  { envelope }: InFlight,
): void {
  const prefix = queuePrefix(connection, queue);
  const [last] = tables.copies.range(work.transaction, { prefix, reverse: true, limit: 1 });
  const number = (last?.key.number ?? 0) + 1;
  tables.copies.put(work.transaction, { connection: connection.id, queue, number }, { notify, envelope });
}

/** The peer has had what the connection began with, or it would not add a queue: nobody waits for an answer to that. */
export function dropConfirmations(work: Work, connection: Connection): void {
  const prefix = encode(connectionId, connection.id).slice();
  for (const { key, value } of tables.outbox.range(work.transaction, { prefix })) {
    if (value.kind !== "confirmation") continue;
    tables.outbox.delete(work.transaction, key);
    tables.inFlight.delete(work.transaction, key);
  }
}

/** What is to go to a queue next. */
export function firstCopy(
  work: Work,
  connection: Connection,
  queueId: number,
): { readonly key: CopyKey; readonly value: Copy } | undefined {
  return tables.copies.range(work.transaction, { prefix: queuePrefix(connection, queueId), limit: 1 })[0];
}

/** Forgets what was to go to a queue. */
export function dropCopies(work: Work, connection: Connection, queueId: number): void {
  for (const { key } of tables.copies.range(work.transaction, { prefix: queuePrefix(connection, queueId) }))
    tables.copies.delete(work.transaction, key);
}
