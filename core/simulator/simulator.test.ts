import { describe, expect, it } from "vitest";
import type { PlantedFault } from "./settings.ts";
import { simulate } from "./simulator.ts";

const minutes = 60;
const seedCount = 50;

describe("agents and relays in a faulty network", () => {
  it(`keep what they promise in ${seedCount} runs`, async () => {
    let messages = 0;
    for (let seed = 1; seed <= seedCount; seed++) {
      const outcome = await simulate(seed, { minutes });
      const report = `seed ${seed}\n${outcome.log.join("\n")}`;
      expect(outcome.problems, outcome.problems.length === 0 ? "" : report).toEqual([]);
      messages += outcome.messages;
    }
    expect(messages).toBeGreaterThan(seedCount);
  }, 300_000);
});

describe("a run", () => {
  it("replays exactly from its seed", async () => {
    const [once, again] = [await simulate(7, { minutes }), await simulate(7, { minutes })];
    expect(once.log.length).toBeGreaterThan(100);
    expect(again.log).toEqual(once.log);
    expect((await simulate(8, { minutes })).log).not.toEqual(once.log);
  });
});

describe("the simulator finds", () => {
  /** The problems of the first run that has any. */
  async function found(planted: PlantedFault, seedsMax = 30): Promise<string> {
    for (let seed = 1; seed <= seedsMax; seed++) {
      const { problems } = await simulate(seed, { minutes, planted });
      if (problems.length > 0) return problems.join("\n");
    }
    return "nothing";
  }

  it("an agent that acknowledges messages before they are committed", async () => {
    // What is lost may be a message, or the confirmation that a connection waits for.
    expect(await found("acknowledged early")).toMatch(/shows|integrity|ratchet|misses|stuck/);
  });

  it("a relay that loses a message when it is asked for it", async () => {
    expect(await found("message lost")).toMatch(/shows|stuck|integrity/);
  });

  it("a random source that repeats itself", async () => {
    expect(await found("random repeats")).toMatch(/is one of/);
  });

  it("an agent that does not wake up to try again", async () => {
    expect(await found("wake-up lost")).toMatch(/stuck/);
  });

  it("a message that is shown twice", async () => {
    expect(await found("shown twice")).toMatch(/a second time/);
  });
});
