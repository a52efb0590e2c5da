import { beforeEach, describe, expect, it } from "vitest";
import { type SkippedKey, skippedKeyLifetimeSeconds, skippedKeysMax } from "../../ratchet/ratchet.ts";
import type { ConnectionId } from "../api.ts";
import { tables } from "../state/tables.ts";
import { IdleCore } from "../testing/idle-core.ts";
import { expireSkipped, skippedRows, storeSkipped } from "./skipped-keys.ts";

const lifetimeMs = skippedKeyLifetimeSeconds * 1_000;

let core: IdleCore;

beforeEach(() => {
  core = new IdleCore();
});

function keys(count: number): readonly SkippedKey[] {
  return Array.from({ length: count }, (_, number) => ({
    headerKey: new Uint8Array(32).fill(1),
    number,
    messageKey: { key: new Uint8Array(32).fill(2), iv: new Uint8Array(16).fill(3) },
  }));
}

/** A message comes before so many others. */
function skip(id: ConnectionId, count: number): void {
  core.work((work) => {
    const connection = work.get(id);
    const skipped = storeSkipped(work, connection, { added: keys(count), removed: undefined });
    work.put({ ...connection, skipped });
  });
}

const stored = () => core.work(({ transaction }) => tables.skippedKeys.count(transaction));
const cleanUp = () => core.cleanUp(expireSkipped(), stored);
const skippedOf = (id: ConnectionId) =>
  core.work((work) => [work.get(id).skipped, skippedRows(work, id).length]);

describe("the keys of skipped messages", () => {
  it("are deleted after a month, though nothing comes any more, and only those that are so old", () => {
    const [silent, busy, none] = [core.newConnection(), core.newConnection(), core.newConnection()];
    skip(silent, 3);
    skip(busy, 2);
    core.laterMs = lifetimeMs / 2;
    skip(busy, 4);
    core.laterMs = lifetimeMs;
    cleanUp();
    expect([silent, busy, none].map(skippedOf)).toEqual([
      [3, 3],
      [6, 6],
      [0, 0],
    ]);
    core.laterMs = lifetimeMs + 1_000;
    cleanUp();
    expect([silent, busy, none].map(skippedOf)).toEqual([
      [0, 0],
      [4, 4],
      [0, 0],
    ]);
  });

  it("of many connections are looked through some at a time", () => {
    const ids = Array.from({ length: 1_000 }, () => core.newConnection());
    for (const id of ids) skip(id, 1);
    expect(cleanUp()).toEqual(Array.from({ length: 6 }, () => 1_000));
    core.laterMs = lifetimeMs + 1_000;
    const left = cleanUp();
    expect(left.slice(0, 2)).toEqual([900, 800]);
    expect(left.at(-1)).toBe(0);
  });

  it("of one connection are deleted together, and those of the next in the next step", () => {
    for (let i = 0; i < 3; i++) skip(core.newConnection(), skippedKeysMax);
    core.laterMs = lifetimeMs + 1_000;
    expect(cleanUp()).toEqual([2 * skippedKeysMax, skippedKeysMax, 0, 0]);
  });
});
