import { beforeEach, describe, expect, it } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import type { ConnectionId } from "../api.ts";
import { IdleCore } from "../testing/idle-core.ts";
import type { Connection } from "./connection-record.ts";
import { dayOf, expireSeen, noteSeen, seenPartLength, seenPartsMax, wasSeen } from "./seen-messages.ts";
import { tables } from "./tables.ts";

const dayMs = 24 * 3_600_000;

let core: IdleCore;

beforeEach(() => {
  core = new IdleCore();
});

const stored = () => core.work(({ transaction }) => tables.seen.count(transaction));

/** @param change what the connection is like before */
function note(id: ConnectionId, message: string, change: Partial<Connection> = {}): void {
  core.work((work) => work.put(noteSeen(work, { ...work.get(id), ...change }, utf8Encode(message))));
}

const isKnown = (id: ConnectionId, message: string) =>
  core.work((work) => wasSeen(work, work.get(id), utf8Encode(message)));

/** @returns how many hashes were left after each step */
const cleanUp = () => core.cleanUp(expireSeen, stored);

describe("the hash of a ciphertext", () => {
  it("is known for its connection, and for no other", () => {
    const [one, other] = [core.newConnection(), core.newConnection()];
    note(one, "a");
    expect(isKnown(one, "a")).toBe(true);
    expect(isKnown(one, "b")).toBe(false);
    expect(isKnown(other, "a")).toBe(false);
  });

  it("is kept for 30 days however much comes after it, and no longer", () => {
    const id = core.newConnection();
    note(id, "first");
    for (let day = 1; day <= 30; day++) {
      core.laterMs = day * dayMs;
      for (let i = 0; i < 100; i++) note(id, `${day} ${i}`);
      cleanUp();
      expect(isKnown(id, "first")).toBe(true);
    }
    expect(stored()).toBe(3_001);
    core.laterMs = 31 * dayMs;
    cleanUp();
    expect(stored()).toBe(3_000);
    note(id, "last");
    expect(isKnown(id, "first")).toBe(false);
    expect(isKnown(id, "1 0")).toBe(true);
  });

  it("is deleted in its time also when nothing more comes, some at a time", () => {
    const id = core.newConnection();
    for (let i = 0; i < 1_200; i++) note(id, `old ${i}`);
    core.laterMs = 20 * dayMs;
    note(id, "new");
    core.laterMs = 31 * dayMs;
    expect(cleanUp()).toEqual([701, 201, 1]);
    expect(isKnown(id, "new")).toBe(true);
  });

  it("of a flood makes the oldest of this connection and day go, and keeps the latest", () => {
    const [flooded, other] = [core.newConnection(), core.newConnection()];
    note(other, "quiet");
    note(flooded, "day before");
    core.laterMs = dayMs;
    const seenDay = dayOf(core.startMs + dayMs);
    const first = Array.from({ length: 70 }, (_, part) => `first of part ${part}`);
    for (const [part, name] of first.entries()) {
      note(flooded, name, { seenDay, seen: part * seenPartLength });
      note(flooded, `last of part ${part}`, { seenDay, seen: (part + 1) * seenPartLength - 1 });
    }
    expect(first.filter((name) => isKnown(flooded, name))).toEqual(first.slice(-seenPartsMax));
    expect(isKnown(flooded, "last of part 69")).toBe(true);
    expect(isKnown(flooded, "last of part 37")).toBe(false);
    expect(stored()).toBe(2 * seenPartsMax + 2);
    expect(isKnown(flooded, "day before")).toBe(true);
    expect(isKnown(other, "quiet")).toBe(true);
  });

  it("is counted anew each day", () => {
    const id = core.newConnection();
    const connection = () => core.work((work) => work.get(id));
    const today = dayOf(core.startMs);
    note(id, "a", { seen: 123, seenDay: today });
    expect(connection()).toMatchObject({ seen: 124, seenDay: today });
    core.laterMs = 2 * dayMs;
    note(id, "b");
    expect(connection()).toMatchObject({ seen: 1, seenDay: today + 2 });
    expect(["a", "b"].every((name) => isKnown(id, name))).toBe(true);
  });

  it("is known when the clock is set back", () => {
    const id = core.newConnection();
    note(id, "before");
    core.laterMs = -40 * dayMs;
    note(id, "after");
    cleanUp();
    expect(isKnown(id, "before")).toBe(true);
    expect(isKnown(id, "after")).toBe(true);
  });

  it("is deleted with its connection, whatever day it is of", () => {
    const [one, other] = [core.newConnection(), core.newConnection()];
    for (let day = 0; day <= 30; day++) {
      core.laterMs = day * dayMs;
      note(one, `${day}`);
      note(other, `${day}`);
    }
    core.work((work) => work.remove(one));
    expect(stored()).toBe(31);
    expect(isKnown(other, "0")).toBe(true);
  });
});
