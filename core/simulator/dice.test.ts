import { describe, expect, it } from "vitest";
import { Dice } from "./dice.ts";

describe("the dice", () => {
  it("fall the same way again for the same seed, and another way for another one", () => {
    const draw = (dice: Dice) => [
      dice.next(),
      dice.between(1, 1_000_000),
      ...dice.bytes(13),
      dice.fork().next(),
    ];
    expect(draw(new Dice(5))).toEqual(draw(new Dice(5)));
    expect(draw(new Dice(5))).not.toEqual(draw(new Dice(6)));
    expect(draw(new Dice(5))).not.toEqual(draw(new Dice(5, 1)));
  });

  it("reach both ends of a range, and nothing outside of it", () => {
    const dice = new Dice(1);
    const drawn = new Set(Array.from({ length: 1_000 }, () => dice.between(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
    for (let i = 0; i < 1_000; i++) {
      const duration = dice.duration(5_000);
      expect(duration).toBeGreaterThanOrEqual(1);
      expect(duration).toBeLessThanOrEqual(5_000);
    }
  });

  it("never pick what has no weight, and refuse to pick from nothing", () => {
    const dice = new Dice(2);
    const drawn = new Set(Array.from({ length: 500 }, () => dice.weighted({ a: 1, b: 0, c: 2 })));
    expect([...drawn].sort()).toEqual(["a", "c"]);
    expect(dice.maybePick([])).toBeUndefined();
    expect(() => dice.pick([])).toThrow(RangeError);
    expect(() => dice.weighted({ a: 0 })).toThrow(RangeError);
  });

  it("give bytes of every value, in arrays of the length that is asked for", () => {
    const dice = new Dice(3);
    for (const length of [0, 1, 3, 4, 32, 33]) expect(dice.bytes(length)).toHaveLength(length);
    expect(new Set(dice.bytes(10_000)).size).toBe(256);
  });
});
