import { expect, it } from "vitest";
import { simulate } from "./simulation.ts";

const seeds = 50;

it(`${seeds} networks with faults lose nothing, show nothing twice, and come to rest`, {
  timeout: 300_000,
}, async () => {
  let messages = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await simulate(seed);
    messages += result.messages;
    expect(result.problems, `seed ${seed}\n${result.log.join("\n")}`).toEqual([]);
  }
  expect(messages).toBeGreaterThan(500);
});

it("the same seed gives the same run", async () => {
  const first = await simulate(7);
  const second = await simulate(7);
  expect(second.log).toEqual(first.log);
});
