import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { base64urlEncodeUnpadded, concat, decode, encode, hexDecode, hexEncode } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import { StoreError } from "../../store/errors.ts";
import { MemoryStore } from "../../store/memory.ts";
import type { ConnectionId, RequestId } from "../api.ts";
import { connectionId, counter } from "./codecs.ts";
import { connectionRecord } from "./connection-record.ts";
import { migrateAgent } from "./migrations.ts";
import { countRequests, dropRequests, takeRequest } from "./requests.ts";
import { dayOf } from "./seen-messages.ts";
import { tables } from "./tables.ts";

type Rows = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the fixtures hold: rows as agents of earlier versions wrote them, and the names of connections in them. */
interface Fixtures {
  readonly 0: { readonly rows: Rows; readonly suspended: ConnectionId; readonly other: ConnectionId };
  readonly 1: { readonly rows: Rows; readonly connection: ConnectionId };
}

const nowMs = Date.UTC(2026, 0, 15);

function storeOf<V extends keyof Fixtures>(
  version: V,
): { readonly store: MemoryStore; readonly fixture: Fixtures[V] } {
  const file = new URL(`testing/store-version-${version}.json`, import.meta.url);
  const fixture: Fixtures[V] = JSON.parse(readFileSync(file, "utf8"));
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
  migrateAgent(store, nowMs);
  const [suspended, other] = store.transaction((transaction) =>
    [fixture.suspended, fixture.other].map((id) => tables.connections.get(transaction, id)),
  );
  expect(suspended).toMatchObject({ suspended: true, established: true, kind: "invitation" });
  expect(other).toMatchObject({ suspended: false, wantsPostQuantum: false });
  expect(other?.receive[0]).toMatchObject({ id: 1, primary: true, switching: "none" });
});

it("knows the ciphertexts that version 1 had received, as received yesterday", () => {
  const { store, fixture } = storeOf(1);
  const hashes = Object.entries(fixture.rows["agent_seen"] ?? {});
  expect(hashes).toHaveLength(3);
  migrateAgent(store, nowMs);
  store.transaction((transaction) => {
    const connection = tables.connections.get(transaction, fixture.connection);
    expect(connection).toMatchObject({ seenDay: dayOf(nowMs) - 1, established: true });
    const seen = tables.seen.range(transaction).map(({ key }) => key);
    expect(new Set(seen.map(({ day }) => day))).toEqual(new Set([dayOf(nowMs) - 1]));
    expect(new Set(seen.map((key) => key.connection))).toEqual(new Set([fixture.connection]));
    expect(seen.map(({ hash }) => hexEncode(hash)).sort()).toEqual(
      hashes.map(([, hash]) => hash.slice(0, 32)).sort(),
    );
    expect(transaction.count("agent_seen")).toBe(0);
  });
});

it("brings over more ciphertexts of version 1 than it reads at a time", () => {
  const { store, fixture } = storeOf(1);
  const id = encode(connectionId, fixture.connection);
  const count = 2_500;
  store.transaction((transaction) => {
    for (let i = 0; i < count; i++)
      transaction.put("agent_seen", concat(id, encode(counter, i)), sha256(encode(counter, i)));
  });
  migrateAgent(store, nowMs);
  store.transaction((transaction) => {
    expect(tables.seen.count(transaction)).toBe(count);
    expect(transaction.count("agent_seen")).toBe(0);
  });
});

it("knows of which profiles the requests of version 2 are, more than it reads at a time", () => {
  const { store } = storeOf(1);
  const count = 2_500;
  const idOf = (i: number) => base64urlEncodeUnpadded(sha256(encode(counter, i)).subarray(0, 12));
  store.transaction((transaction) => {
    for (let i = 0; i < count; i++) {
      const request = {
        address: idOf(i) as ConnectionId,
        profile: 1 + (i % 2),
        link: "link",
        info: new Uint8Array(3),
      };
      tables.requests.put(transaction, idOf(i) as RequestId, request);
    }
  });
  migrateAgent(store, nowMs);
  store.transaction((transaction) => {
    expect([1, 2, 3].map((profile) => countRequests(transaction, profile))).toEqual([1_250, 1_250, 0]);
    expect(takeRequest(transaction, idOf(1) as RequestId)).toMatchObject({ profile: 2 });
    expect(takeRequest(transaction, idOf(1) as RequestId)).toBeUndefined();
    expect([1, 2].map((profile) => countRequests(transaction, profile))).toEqual([1_250, 1_249]);
    dropRequests(transaction, 1);
    expect(tables.requests.count(transaction)).toBe(1_249);
    expect(tables.profileRequests.count(transaction)).toBe(1_249);
  });
});

it("leaves a store that has the form of today as it is", () => {
  const { store, fixture } = storeOf(0);
  migrateAgent(store, nowMs);
  const rows = () => store.transaction((transaction) => transaction.range("agent_connections"));
  const before = rows();
  migrateAgent(store, nowMs);
  expect(rows()).toEqual(before);
  expect(before).toHaveLength(Object.keys(fixture.rows["agent_connections"] ?? {}).length);
});

it("refuses a store of a later version", () => {
  const store = new MemoryStore();
  migrateAgent(store, nowMs);
  store.transaction((transaction) => {
    const [row] = transaction.range("schema");
    if (row !== undefined) transaction.put("schema", row.key, Uint8Array.of(0, 0, 0, 99));
  });
  expect(() => migrateAgent(store, nowMs)).toThrow(StoreError);
});

function hexOf(id: ConnectionId): string {
  return Buffer.from(encode(connectionId, id)).toString("hex");
}
