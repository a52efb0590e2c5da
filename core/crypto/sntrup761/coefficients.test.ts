import { describe, expect, test } from "vitest";
import { freeze3, freezeQ, negativeMask, nonZeroMask, Q, Q_HALF, reciprocalQ } from "./coefficients.ts";

describe("freeze3", () => {
  test("gives the residue nearest to zero for all it may be given", () => {
    for (let x = -16383; x < 16384; x++) {
      const residue = freeze3(x);
      if (Math.abs(residue) > 1 || Math.abs(x - residue) % 3 !== 0) expect(x).toBe(residue);
    }
  });
});

describe("freezeQ", () => {
  test("gives the residue nearest to zero at both sides of every rounding boundary", () => {
    for (let multiple = -3650; multiple <= 3650; multiple++) {
      for (const distance of [-Q_HALF, -1, 0, 1, Q_HALF]) {
        const x = multiple * Q + distance;
        if (freezeQ(x) !== distance) expect({ x, residue: freezeQ(x) }).toEqual({ x, residue: distance });
      }
    }
  });

  test("holds at the limits of its input", () => {
    for (const x of [2 ** 24, -(2 ** 24), 2 * Q_HALF ** 2]) {
      const residue = freezeQ(x);
      expect(Math.abs(residue)).toBeLessThanOrEqual(Q_HALF);
      expect(Math.abs((x - residue) % Q)).toBe(0);
    }
  });
});

describe("reciprocalQ", () => {
  test("inverts every coefficient but zero", () => {
    expect(reciprocalQ(0)).toBe(0);
    for (let x = 1; x <= Q_HALF; x++) {
      if (freezeQ(x * reciprocalQ(x)) !== 1 || freezeQ(-x * reciprocalQ(-x)) !== 1)
        expect(x).toBe("inverted");
    }
  });
});

describe("masks", () => {
  test("are all ones where they hold and zero where not", () => {
    expect([-1, 0, 1, -(2 ** 31), 2 ** 31 - 1].map(negativeMask)).toEqual([-1, 0, 0, -1, 0]);
    expect([-1, 0, 1, -(2 ** 31), 2 ** 31 - 1].map(nonZeroMask)).toEqual([-1, 0, -1, -1, -1]);
  });
});
