import type { ConnectionId } from "../api.ts";
import type { CleanUpStep } from "../clean-up.ts";
import { AgentError } from "../errors.ts";
import type { Connection } from "../state/connection-record.ts";
import type { OutboxItem, OutboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { deliveryTimeoutMs } from "./timeout.ts";
import { giveUp, type OutboxRow } from "./undelivered.ts";

/** The item of a connection that is on its way to a relay now: what becomes of it is not known yet. */
export type OnItsWay = (id: ConnectionId) => OutboxItem | undefined;

/** How many items are looked at in one transaction. */
const pageSize = 500;

/**
 * Gives up on what was not delivered in time although nothing was tried: it waits for its connection to be established,
 * or for the ratchet to be put right. What is tried is given up when a try fails; see `itemFailed`.
 */
export function expireUndelivered(onItsWay: OnItsWay, after?: OutboxKey): CleanUpStep {
  return (work) => {
    const range = after === undefined ? { limit: pageSize } : { limit: pageSize, after };
    const rows = tables.outbox.range(work.transaction, range);
    const expired = Map.groupBy(
      rows.filter(({ value }) => isExpired(work, value)),
      ({ key }) => key.connection,
    );
    for (const [id, items] of expired) giveUpOn(work, id, items, onItsWay(id));
    const last = rows.at(-1);
    return rows.length < pageSize || last === undefined ? undefined : expireUndelivered(onItsWay, last.key);
  };
}

function giveUpOn(
  work: Work,
  id: ConnectionId,
  rows: readonly OutboxRow[],
  current: OutboxItem | undefined,
): void {
  const connection = work.find(id);
  if (connection === undefined || connection.deleting === "now") return;
  // What comes after it fails after it, so that the order of events is that of the messages.
  if (current !== undefined && isExpired(work, current)) return;
  giveUp(work, connection, rows, new AgentError("EXPIRED", reason(connection)));
}

function isExpired({ nowMs }: Work, { createdMs }: OutboxItem): boolean {
  return nowMs - createdMs >= deliveryTimeoutMs;
}

function reason({ established, sync }: Connection): string {
  if (!established) return "connection is not established";
  return sync === "ok" || sync === "allowed" ? "not delivered" : "ratchet is not in order";
}
