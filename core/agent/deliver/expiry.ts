import type { Cancel, Clock } from "../../clock/clock.ts";
import type { ConnectionId } from "../api.ts";
import { AgentError } from "../errors.ts";
import type { Connection } from "../state/connection-record.ts";
import type { OutboxItem, OutboxKey } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { deliveryTimeoutMs, giveUp, type OutboxRow } from "./undelivered.ts";

/** What giving up needs of the agent. */
export interface ExpiryHost {
  readonly clock: Clock;
  readonly stopped: boolean;
  transaction<T>(run: (work: Work) => T): T;
  /** Runs what nobody waits for. */
  guard(run: () => void): void;
  /** The item of a connection that is on its way to a relay now: what becomes of it is not known yet. */
  onItsWay(id: ConnectionId): OutboxItem | undefined;
}

/** How often outboxes are looked through, in milliseconds. */
const intervalMs = 3_600_000;
/** How many items are looked at in one transaction. */
const pageSize = 500;

/**
 * Gives up on what was not delivered in time although nothing was tried: it waits for its connection to be established,
 * or for the ratchet to be put right. What is tried is given up when a try fails; see `itemFailed`.
 */
export class Expiry {
  readonly #host: ExpiryHost;
  #cancel: Cancel | undefined;

  constructor(host: ExpiryHost) {
    this.#host = host;
  }

  /** Looks through all outboxes now, and from time to time. */
  start(): void {
    this.#later(0, undefined);
  }

  stop(): void {
    this.#cancel?.();
  }

  #later(delayMs: number, after: OutboxKey | undefined): void {
    this.#cancel = this.#host.clock.after(delayMs, () => {
      if (this.#host.stopped) return;
      let last: OutboxKey | undefined;
      this.#host.guard(() => {
        last = this.#host.transaction((work) => this.#page(work, after));
      });
      this.#later(last === undefined ? intervalMs : 0, last);
    });
  }

  /** @returns where to go on; undefined at the end */
  #page(work: Work, after: OutboxKey | undefined): OutboxKey | undefined {
    const range = after === undefined ? { limit: pageSize } : { limit: pageSize, after };
    const rows = tables.outbox.range(work.transaction, range);
    const expired = Map.groupBy(
      rows.filter(({ value }) => isExpired(work, value)),
      ({ key }) => key.connection,
    );
    for (const [id, items] of expired) this.#giveUp(work, id, items);
    return rows.length < pageSize ? undefined : rows.at(-1)?.key;
  }

  #giveUp(work: Work, id: ConnectionId, rows: readonly OutboxRow[]): void {
    const connection = work.find(id);
    if (connection === undefined || connection.deleting === "now") return;
    const current = this.#host.onItsWay(id);
    // What comes after it fails after it, so that the order of events is that of the messages.
    if (current !== undefined && isExpired(work, current)) return;
    giveUp(work, connection, rows, new AgentError("EXPIRED", reason(connection)));
  }
}

function isExpired({ nowMs }: Work, { createdMs }: OutboxItem): boolean {
  return nowMs - createdMs >= deliveryTimeoutMs;
}

function reason({ established, sync }: Connection): string {
  if (!established) return "connection is not established";
  return sync === "ok" || sync === "allowed" ? "not delivered" : "ratchet is not in order";
}
