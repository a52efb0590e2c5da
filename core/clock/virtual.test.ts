import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delay } from "./clock.ts";
import { settle } from "./settle.ts";
import { VirtualClock } from "./virtual.ts";

describe("settle", () => {
  it("waits for chains of promises of any length", async () => {
    let done = 0;
    void (async () => {
      for (; done < 10_000; done++) await Promise.resolve();
    })();
    await settle();
    expect(done).toBe(10_000);
  });
});

describe("VirtualClock", () => {
  it("fires timers by time, then in the order they were set, but not those that were cancelled", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ dueMs: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() })),
        async (timers) => {
          const clock = new VirtualClock(0);
          const fired: number[] = [];
          const cancels = timers.map(({ dueMs }, i) => clock.after(dueMs, () => fired.push(i)));
          cancels.forEach((cancel, i) => {
            if (timers[i]?.cancelled === true) cancel();
          });
          const due = timers.flatMap(({ dueMs, cancelled }, i) => (cancelled ? [] : [{ dueMs, i }]));
          expect(clock.pending).toBe(due.length);
          await clock.advance(20);
          expect(fired).toEqual(due.sort((a, b) => a.dueMs - b.dueMs || a.i - b.i).map(({ i }) => i));
          expect(clock.pending).toBe(0);
          expect(clock.monotonicMs()).toBe(20);
        },
      ),
    );
  });

  it("lets promises settle between two timers of the same time", async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    void delay(clock, 5)
      .then(() => undefined)
      .then(() => order.push("follows from the first"));
    clock.after(5, () => order.push("second"));
    await clock.advance(5);
    expect(order).toEqual(["follows from the first", "second"]);
  });

  it("fires what is set while it moves, if it falls due meanwhile", async () => {
    const clock = new VirtualClock(1_000);
    const times: number[] = [];
    clock.after(10, () => clock.after(10, () => times.push(clock.nowMs())));
    clock.after(10, () => clock.after(11, () => times.push(clock.nowMs())));
    await clock.advance(20);
    expect(times).toEqual([1_020]);
    expect(clock.nowMs()).toBe(1_020);
  });

  it("keeps the distance of timers when the wall clock jumps", async () => {
    const clock = new VirtualClock(0);
    let firedMs: number | undefined;
    clock.after(100, () => {
      firedMs = clock.nowMs();
    });
    clock.jump(-1_000_000);
    await clock.advance(100);
    expect(firedMs).toBe(-999_900);
    expect(clock.monotonicMs()).toBe(100);
  });

  it("moves until a condition holds, and says when it can't", async () => {
    const clock = new VirtualClock();
    let count = 0;
    const again = () => {
      count++;
      clock.after(10, again);
    };
    again();
    await clock.until(() => count === 5);
    expect(clock.monotonicMs()).toBe(40);
    await expect(clock.until(() => count === 500, 100)).rejects.toThrow("cannot go on");
    await expect(new VirtualClock().until(() => false)).rejects.toThrow("cannot go on");
  });
});
