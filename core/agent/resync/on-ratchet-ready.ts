import type { RatchetState } from "../../ratchet/ratchet.ts";
import type { Connection } from "../state/connection-record.ts";
import type { Work } from "../state/work.ts";

/** The new ratchet works. @param before as it was before this message: without a sending chain, the peer waits for our word */
export function onRatchetReady(work: Work, connection: Connection, before: RatchetState): void {
  if (before.sending === undefined) {
    work.enqueue(
      connection,
      { type: "ratchetReady", lastSharedId: connection.receivedId },
      { notify: true, urgent: true },
    );
  }
  work.follow.deliver.add(connection.id);
}
