import { encode } from "../../bytes/index.ts";
import { AgentError } from "../errors.ts";
import { connectionId } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { requireNotSuspended } from "../suspend/suspend.ts";
import { agentSince } from "../versions.ts";
import { proposeRatchet } from "./propose-ratchet.ts";
import { isOverdue, isUnderWay } from "./sync-state.ts";

/**
 * Asks the peer to agree on a new ratchet. Until it has answered, nothing else is sent.
 * @throws AgentError `CONN SIMPLEX` before the connection is established; `CMD PROHIBITED` when there is no need, unless `force`, when it is under way,
 *   the peer can't do it, or the connection is suspended: then the answer could not come
 */
export function startResync(work: Work, connection: Connection, force: boolean): void {
  if (!connection.established) throw new AgentError("CONN SIMPLEX");
  requireNotSuspended(connection);
  if (connection.agentVersion < agentSince.ratchetSync)
    throw new AgentError("CMD PROHIBITED", "peer can't re-synchronise");
  // A second proposal would cross the answer to the first, and the two sides could not tell which is meant.
  if (isUnderWay(connection.sync) && !isOverdue(work, connection)) {
    throw new AgentError("CMD PROHIBITED", "ratchet is being re-synchronised already");
  }
  if (connection.sync === "agreed") forgetUsedKeys(work, connection);
  if (!force && connection.sync === "ok") throw new AgentError("CMD PROHIBITED", "ratchet is in order");
  proposeRatchet(work, connection);
}

/** Our answer to the peer's keys was lost, so the peer has no others: with them it can answer ours. */
function forgetUsedKeys({ transaction }: Work, { id }: Connection): void {
  const prefix = encode(connectionId, id).slice();
  for (const { key } of tables.usedRatchetKeys.range(transaction, { prefix }))
    tables.usedRatchetKeys.delete(transaction, key);
}
