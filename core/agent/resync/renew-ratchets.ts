import { wipeStates, withoutSending } from "../../ratchet/ratchet.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { agentSince } from "../versions.ts";
import { proposeRatchet } from "./propose-ratchet.ts";
import { setSync } from "./sync-state.ts";

/**
 * For a store that may hold an older state than the one in use since: a restored backup, a copied folder. To send on
 * with its ratchets would use keys of messages a second time and lose conversations, so none of them sends any more
 * before it has received, and by that has keys that are new.
 * - An established connection proposes a new ratchet to its peer; what waits to be sent is encrypted with that. Also
 *   when it had proposed one: the answer may have come while the newer state was in use.
 * - Where both sides had sent their keys, that goes on. If the newer state went on with it, that shows later; see
 *   `missedAgreement`.
 * - A suspended connection, or a peer before agent version 3, can't agree on one: it is left as `required`.
 * - A connection that is not established goes on with what was encrypted for it already, the very same bytes, and with
 *   what the peer answers to that. If there is neither, it stays as it is, and people connect anew.
 * - An invitation that nobody has answered has no ratchet yet; what will be sent in it comes from new random keys.
 */
export function renewRatchets(work: Work): void {
  for (const { key: id, value } of tables.connections.range(work.transaction)) {
    const state = tables.ratchets.get(work.transaction, id);
    if (state === undefined || value.deleting === "now") continue;
    tables.ratchets.put(work.transaction, id, withoutSending(state));
    work.afterwards(() => wipeStates(state));
    if (value.established) renewRatchet(work, { id, ...value });
  }
}

/** Sees to a new ratchet for an established connection whose ratchet can't send any more. */
export function renewRatchet(work: Work, connection: Connection): void {
  const { sync, suspended, agentVersion } = connection;
  if (sync === "agreed") return;
  if (suspended || agentVersion < agentSince.ratchetSync) setSync(work, connection, "required", undefined);
  else proposeRatchet(work, connection);
}
