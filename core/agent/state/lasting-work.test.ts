import { expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import { StoreError } from "../../store/errors.ts";
import { LastingWork } from "./lasting-work.ts";
import type { Work } from "./work.ts";

function start() {
  const clock = new VirtualClock();
  const defects: unknown[] = [];
  const done: string[] = [];
  const host = {
    clock,
    stopped: false,
    full: false,
    tries: 0,
    transaction<T>(run: (work: Work) => T): T {
      host.tries++;
      if (host.full) throw new StoreError("full", "cannot use store: the disk is full");
      // What is run here needs nothing of it.
      return run({} as Work);
    },
    defect: (error: unknown) => defects.push(error),
  };
  const work = new LastingWork(host);
  const note = (key: string, text: string) => work.run(key, () => done.push(text));
  return { clock, defects, done, host, work, note };
}

test("work is done at once while the store works", () => {
  const { done, note } = start();
  note("a", "one");
  note("a", "two");
  expect(done).toEqual(["one", "two"]);
});

test("work that the store fails at is done later, in order, the last of each key", async () => {
  const { clock, defects, done, host, note } = start();
  host.full = true;
  for (const [key, text] of [
    ["a", "a1"],
    ["b", "b1"],
    ["a", "a2"],
    ["c", "c1"],
  ] as const)
    note(key, text);
  await clock.advance(3_600_000);
  expect(done).toEqual([]);
  expect(defects.length).toBe(host.tries);
  expect(host.tries).toBeLessThan(70);
  host.full = false;
  await clock.advance(60_000);
  expect(done).toEqual(["b1", "a2", "c1"]);
  note("a", "a3");
  expect(done.at(-1)).toBe("a3");
});

test("work that fails by itself is not tried again, and what it adds is done after it", () => {
  const { defects, done, work, note } = start();
  work.run("a", () => {
    note("b", "added");
    done.push("first");
    throw new Error("wrong");
  });
  expect(done).toEqual(["first", "added"]);
  expect(defects.length).toBe(1);
});

test("nothing is done any more when the agent has stopped", async () => {
  const { clock, done, host, work, note } = start();
  host.full = true;
  note("a", "one");
  host.full = false;
  host.stopped = true;
  work.retryNow();
  await clock.advance(60_000);
  expect(done).toEqual([]);
});
