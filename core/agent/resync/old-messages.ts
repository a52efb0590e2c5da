import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";

const noBytes = new Uint8Array(0);

/** A connection's first ratchet has this generation. */
const firstGeneration = 1;

/**
 * The ratchet was started anew while a queue takes the place of another one. Two relays deliver in no common order, so
 * either may still bring what the peer encrypted with the ratchet before.
 */
export function expectOldMessages(work: Work, { id, receive }: Connection): void {
  if (receive.length === 1) return;
  for (const queue of receive)
    tables.oldMessages.put(work.transaction, { connection: id, number: queue.id }, noBytes);
}

/** Whether a message over a queue that the ratchet can't decrypt may be of the one before. It is sent again with this one. */
export function mayBeOld(work: Work, { id }: Connection, queueId: number): boolean {
  return tables.oldMessages.get(work.transaction, { connection: id, number: queueId }) !== undefined;
}

/** The ratchet decrypted a message over a queue, so nothing older comes after it; or the queue is gone. */
export function noMoreOldMessages(work: Work, { id, generation }: Connection, queueId: number): void {
  if (generation > firstGeneration)
    tables.oldMessages.delete(work.transaction, { connection: id, number: queueId });
}
