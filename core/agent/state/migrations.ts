import { concat, encode, word32 } from "../../bytes/index.ts";
import { type Migration, migrate } from "../../store/migrations.ts";
import type { Store } from "../../store/store.ts";
import { ownIdLength } from "./codecs.ts";
import { dayOf } from "./seen-messages.ts";

const yes = Uint8Array.of("T".charCodeAt(0));
const no = Uint8Array.of("F".charCodeAt(0));

/**
 * Version 1: a connection knows whether it is suspended, behind all else of its record. Before, only the task to
 * suspend it said so, as long as it was not done; of what was suspended by then nothing is known.
 */
const suspendedConnections: Migration = (transaction) => {
  const suspendTag = "O".charCodeAt(0);
  const timeLength = 8;
  const suspended = new Set(
    transaction
      .range("agent_tasks")
      .filter(({ value }) => value[ownIdLength + timeLength] === suspendTag)
      .map(({ value }) => value.subarray(0, ownIdLength).join()),
  );
  for (const { key, value } of transaction.range("agent_connections"))
    transaction.put("agent_connections", key, concat(value, suspended.has(key.join()) ? yes : no));
};

/** How many rows are read at a time where a table can be large. */
const pageSize = 1_000;

/**
 * Version 2: hashes of received ciphertexts are found by the hash, and ordered by the day they came; the last such day
 * stands behind all else of the record of a connection. Before, the last 1,000 of each connection stood in a ring, as
 * values of numbers. Nobody knows when they came: they are kept as of yesterday, so that counting begins anew today.
 */
function seenByDay(nowMs: number): Migration {
  const hashLength = 16;
  const day = encode(word32, Math.max(0, dayOf(nowMs) - 1)).slice();
  const part = Uint8Array.of(0);
  const none = new Uint8Array(0);
  return (transaction) => {
    for (;;) {
      const rows = transaction.range("agent_seen", { limit: pageSize });
      for (const { key, value } of rows) {
        const id = key.subarray(0, ownIdLength);
        const hash = value.subarray(0, hashLength);
        transaction.put("agent_seen_messages", concat(day, id, part, hash), none);
        transaction.delete("agent_seen", key);
      }
      if (rows.length < pageSize) break;
    }
    for (const { key, value } of transaction.range("agent_connections"))
      transaction.put("agent_connections", key, concat(value, day));
  };
}

/** Version 3: which requests are of a profile stands in a table of its own, so that they need not be read to be counted. */
const requestsByProfile: Migration = (transaction) => {
  const profileEnd = ownIdLength + 4;
  const none = new Uint8Array(0);
  let after: Uint8Array | undefined;
  for (;;) {
    const range = after === undefined ? { limit: pageSize } : { limit: pageSize, after };
    const rows = transaction.range("agent_requests", range);
    for (const { key, value } of rows)
      transaction.put("agent_profile_requests", concat(value.subarray(ownIdLength, profileEnd), key), none);
    after = rows.at(-1)?.key;
    if (rows.length < pageSize) break;
  }
};

/**
 * Brings a store to the form that this agent reads and writes. The steps know the stored forms as they were.
 * @throws StoreError `newer` when it is of a later one
 */
export function migrateAgent(store: Store, nowMs: number): void {
  migrate(store, "agent", [suspendedConnections, seenByDay(nowMs), requestsByProfile]);
}
