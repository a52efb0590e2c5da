import type { RatchetState } from "../../ratchet/ratchet.ts";
import type { MessageId } from "../api.ts";
import type { Connection } from "../state/connection-record.ts";
import type { Work } from "../state/work.ts";

/** No honest copy of a store is so many messages behind another one. */
const behindMax = 1_000_000_000;

/**
 * The new ratchet works.
 * @param lastSharedId the number of our last message that the peer has. It is higher than the last one that we sent
 *   when ours is an old state; then we go on from there, and the peer does not take all to come for old messages
 * @param before as it was before this message: without a sending chain, the peer waits for our word
 */
export function onRatchetReady(
  work: Work,
  connection: Connection,
  lastSharedId: MessageId,
  before: RatchetState,
): void {
  const isBehind = lastSharedId > connection.sentId && lastSharedId - connection.sentId < behindMax;
  const current = isBehind ? work.put({ ...connection, sentId: lastSharedId }) : connection;
  if (before.sending === undefined) {
    work.enqueue(
      current,
      { type: "ratchetReady", lastSharedId: connection.receivedId },
      { notify: true, urgent: true },
    );
  }
}
