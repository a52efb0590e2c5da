import { expect, it } from "vitest";
import { delay } from "../core/clock/clock.ts";
import { VirtualClock } from "../core/clock/virtual.ts";
import { StoreError } from "./store/store.ts";
import { StoredCounts } from "./stored-counts.ts";

/** A store that takes this long to count, and gives another number each time. */
function setUp(tookMs: number) {
  const clock = new VirtualClock();
  let queues = 0;
  const counts = async () => {
    queues++;
    if (tookMs > 0) await delay(clock, tookMs);
    if (queues === 2) throw new StoreError("cannot read store");
    return { queues, messages: 0, notifications: 0 };
  };
  return { clock, stored: new StoredCounts({ counts }, clock) };
}

it("a count is given to all who ask while it is made, and a hundred times as long after it", async () => {
  const { clock, stored } = setUp(50);
  const both = Promise.all([stored.get(), stored.get()]);
  await clock.advance(50);
  expect(await both).toMatchObject([{ queues: 1 }, { queues: 1 }]);
  await clock.advance(5000);
  expect(await stored.get()).toMatchObject({ queues: 1 });
  await clock.advance(1);
  const failed = expect(stored.get()).rejects.toThrow("cannot read store");
  await clock.advance(50);
  await failed;
  const third = stored.get();
  await clock.advance(50);
  expect(await third).toMatchObject({ queues: 3 });
});

it("a count that takes no time is made whenever one asks later", async () => {
  const { clock, stored } = setUp(0);
  expect(await stored.get()).toMatchObject({ queues: 1 });
  await clock.advance(1);
  await expect(stored.get()).rejects.toThrow("cannot read store");
  expect(await stored.get()).toMatchObject({ queues: 3 });
});
