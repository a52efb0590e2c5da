import { describe, expect, it } from "vitest";
import { VirtualClock } from "../clock/virtual.ts";
import { CleanUp, type CleanUpStep } from "./clean-up.ts";
import { tables } from "./state/tables.ts";
import type { Work } from "./state/work.ts";
import { pair } from "./testing/pair.ts";
import { exchange } from "./testing/world.ts";

const hourMs = 3_600_000;

/** A clean-up of parts that take so many steps each, and the steps done: the number of the part for each. */
function cleanUpOf(...steps: readonly number[]) {
  const clock = new VirtualClock();
  const done: number[] = [];
  const errors: unknown[] = [];
  let open = 0;
  const part =
    (name: number, left: number): CleanUpStep =>
    () => {
      expect(open).toBe(1);
      done.push(name);
      if (left === 0) throw new Error("disk is full");
      return left === 1 ? undefined : part(name, left - 1);
    };
  const host = {
    clock,
    stopped: false,
    transaction<T>(run: (work: Work) => T): T {
      open++;
      try {
        return run(undefined as never);
      } finally {
        open--;
      }
    },
    guard(run: () => void): void {
      try {
        run();
      } catch (error) {
        errors.push(error);
      }
    },
  };
  const cleanUp = new CleanUp(
    host,
    steps.map((left, name) => part(name, left)),
  );
  return { clock, host, cleanUp, done, errors };
}

describe("cleaning up", () => {
  it("does one part after the other, each step in a transaction of its own, and all again in an hour", async () => {
    const { clock, cleanUp, done } = cleanUpOf(2, 1, 3);
    cleanUp.start();
    expect(done).toEqual([]);
    await clock.advance(0);
    const once = [0, 0, 1, 2, 2, 2];
    expect(done).toEqual(once);
    await clock.advance(hourMs - 1);
    expect(done).toEqual(once);
    await clock.advance(1);
    expect(done).toEqual([...once, ...once]);
  });

  it("lets other work go on between steps", async () => {
    const { clock, cleanUp, done } = cleanUpOf(3);
    cleanUp.start();
    const between: number[] = [];
    const look = () => {
      between.push(done.length);
      if (done.length < 3) clock.after(0, look);
    };
    clock.after(0, look);
    await clock.advance(0);
    expect(between).toEqual([1, 2, 3]);
  });

  it("goes on with the other parts when one fails", async () => {
    const { clock, cleanUp, done, errors } = cleanUpOf(0, 1);
    cleanUp.start();
    await clock.advance(hourMs);
    expect(done).toEqual([0, 1, 0, 1]);
    expect(errors).toHaveLength(2);
  });

  it("does nothing any more once it is stopped", async () => {
    const { clock, cleanUp, done } = cleanUpOf(2);
    cleanUp.start();
    cleanUp.stop();
    await clock.advance(hourMs);
    expect(done).toEqual([]);
  });

  it("is done by an agent that did not run for long as soon as it starts", async () => {
    const { world, alice, bob, a, b } = await pair(1);
    await exchange(world, [alice, a], [bob, b]);
    await alice.agent.stop();
    await bob.agent.stop();
    const seen = () => alice.store.transaction((transaction) => tables.seen.count(transaction));
    await world.clock.advance(20 * 24 * hourMs);
    await alice.restart();
    await world.clock.advance(1_000);
    expect(seen()).toBeGreaterThan(0);
    await alice.agent.stop();
    await world.clock.advance(11 * 24 * hourMs);
    await alice.restart();
    await world.clock.advance(1_000);
    expect(seen()).toBe(0);
  });
});
