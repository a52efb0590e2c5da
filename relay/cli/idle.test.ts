import { expect, test } from "vitest";
import { VirtualClock } from "../../core/clock/virtual.ts";
import { whenIdle } from "./idle.ts";

test("a relay is idle when nobody has been connected for the time, counted from the last one", async () => {
  const clock = new VirtualClock();
  const relay = { connectionCount: 0 };
  let calls = 0;
  whenIdle(relay, clock, 10, () => calls++);
  await clock.advance(9_000);
  relay.connectionCount = 1;
  await clock.advance(60_000);
  expect(calls).toBe(0);
  relay.connectionCount = 0;
  await clock.advance(9_000);
  expect(calls).toBe(0);
  await clock.advance(2_000);
  expect(calls).toBe(1);
  await clock.advance(60_000);
  expect(calls).toBe(1);
});
