import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { decode, encode, hexDecode } from "../../bytes/index.ts";
import { StoreError } from "../../store/errors.ts";
import { MemoryStore } from "../../store/memory.ts";
import type { ConnectionId } from "../api.ts";
import { connectionId } from "./codecs.ts";
import { connectionRecord } from "./connection-record.ts";
import { migrateAgent } from "./migrations.ts";
import { tables } from "./tables.ts";

interface Fixture {
  readonly suspended: ConnectionId;
  readonly other: ConnectionId;
  readonly rows: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The rows of a store as an agent of an earlier version wrote them. */
function storeOf(version: number): { readonly store: MemoryStore; readonly fixture: Fixture } {
  const file = new URL(`testing/store-version-${version}.json`, import.meta.url);
  const fixture: Fixture = JSON.parse(readFileSync(file, "utf8"));
  const store = new MemoryStore();
  store.transaction((transaction) => {
    for (const [table, rows] of Object.entries(fixture.rows))
      for (const [key, value] of Object.entries(rows))
        transaction.put(table, hexDecode(key), hexDecode(value));
  });
  return { store, fixture };
}

it("reads the connections of version 0, and knows of one that it was about to suspend", () => {
  const { store, fixture } = storeOf(0);
  const row = fixture.rows["agent_connections"]?.[hexOf(fixture.other)] ?? "";
  expect(() => decode(connectionRecord, hexDecode(row))).toThrow();
  migrateAgent(store);
  const [suspended, other] = store.transaction((transaction) =>
    [fixture.suspended, fixture.other].map((id) => tables.connections.get(transaction, id)),
  );
  expect(suspended).toMatchObject({ suspended: true, established: true, kind: "invitation" });
  expect(other).toMatchObject({ suspended: false, wantsPostQuantum: false });
  expect(other?.receive[0]).toMatchObject({ id: 1, primary: true, switching: "none" });
});

it("leaves a store that has the form of today as it is", () => {
  const { store, fixture } = storeOf(0);
  migrateAgent(store);
  const rows = () => store.transaction((transaction) => transaction.range("agent_connections"));
  const before = rows();
  migrateAgent(store);
  expect(rows()).toEqual(before);
  expect(before).toHaveLength(Object.keys(fixture.rows["agent_connections"] ?? {}).length);
});

it("refuses a store of a later version", () => {
  const store = new MemoryStore();
  migrateAgent(store);
  store.transaction((transaction) => {
    const [row] = transaction.range("schema");
    if (row !== undefined) transaction.put("schema", row.key, Uint8Array.of(0, 0, 0, 99));
  });
  expect(() => migrateAgent(store)).toThrow(StoreError);
});

function hexOf(id: ConnectionId): string {
  return Buffer.from(encode(connectionId, id)).toString("hex");
}
