import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freeze3, Q, Q_HALF, reciprocalQ } from "./coefficients.ts";
import { P, WEIGHT } from "./parameters.ts";
import { multiply3, multiplyQ } from "./product.ts";
import { reciprocalOfTriple } from "./reciprocal-q.ts";
import { reciprocal3 } from "./reciprocal3.ts";
import { randomShort, randomSmall, sortWords } from "./sample.ts";

/** Polynomials from a seed: one number shrinks and generates faster than 761. */
function polynomials(max: number): fc.Arbitrary<Int16Array> {
  return fc.integer().map((seed) => {
    const random = seededRandom(seed);
    return Int16Array.from({ length: P }, () => {
      const [a = 0, b = 0] = random(2);
      return (((a << 8) | b) % (2 * max + 1)) - max;
    });
  });
}

const small = polynomials(1);
const modQ = polynomials(Q_HALF);

/** The product by its definition, with exact integers. */
function productByDefinition(a: Int16Array, b: Int16Array, modulus: number): string {
  const full = new Array<number>(2 * P).fill(0);
  for (let i = 0; i < P; i++) {
    for (let j = 0; j < P; j++) full[i + j] = (full[i + j] ?? 0) + (a[i] ?? 0) * (b[j] ?? 0);
  }
  for (let i = 2 * P - 1; i >= P; i--) {
    full[i - P] = (full[i - P] ?? 0) + (full[i] ?? 0);
    full[i - P + 1] = (full[i - P + 1] ?? 0) + (full[i] ?? 0);
  }
  return full
    .slice(0, P)
    .map((x) => ((x % modulus) + modulus) % modulus)
    .join();
}

/** As text, which compares faster than an array. */
const residues = (polynomial: Int16Array, modulus: number): string =>
  polynomial.map((x) => (x + modulus) % modulus).join();

function seededRandom(seed: number): (length: number) => Uint8Array {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state >>> 24;
    });
}

const one = Int16Array.from({ length: P }, (_, i) => (i === 0 ? 1 : 0));

describe("products", () => {
  test("modulo 4591 are those of the definition", () => {
    fc.assert(
      fc.property(modQ, small, (a, b) => {
        expect(residues(multiplyQ(a, b), Q)).toBe(productByDefinition(a, b, Q));
      }),
      { numRuns: 20 },
    );
  });

  test("modulo 3 are those of the definition", () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(residues(multiply3(a, b), 3)).toBe(productByDefinition(a, b, 3));
      }),
      { numRuns: 20 },
    );
  });

  test("are right for the largest coefficients", () => {
    const largest = new Int16Array(P).fill(Q_HALF);
    const ones = new Int16Array(P).fill(1);
    expect(residues(multiplyQ(largest, ones), Q)).toBe(productByDefinition(largest, ones, Q));
  });
});

describe("reciprocals", () => {
  test("modulo 3 give 1 when multiplied, or there is none", () => {
    let found = 0;
    fc.assert(
      fc.property(small, (g) => {
        const inverse = reciprocal3(g);
        if (inverse === undefined) return;
        found++;
        expect(multiply3(g, inverse).join()).toBe(one.join());
      }),
      { numRuns: 20 },
    );
    expect(found).toBeGreaterThan(0);
  });

  test("modulo 3 are refused for polynomials that have none", () => {
    expect(reciprocal3(new Int16Array(P))).toBeUndefined();
  });

  test("modulo 4591 give a third when multiplied", () => {
    const third = Int16Array.from(one, (x) => x * reciprocalQ(3));
    fc.assert(
      fc.property(small, (f) => {
        fc.pre(f.some((x) => x !== 0));
        expect(multiplyQ(reciprocalOfTriple(f), f).join()).toBe(third.join());
      }),
      { numRuns: 20 },
    );
  });
});

describe("sampling", () => {
  test("sorts any number of unsigned words", () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 800, size: "max" }), (words) => {
        const sorted = Int32Array.from(words);
        sortWords(sorted);
        expect(Uint32Array.from(sorted).join()).toBe(words.slice().sort().join());
      }),
      { numRuns: 50 },
    );
  });

  test("short polynomials have 286 coefficients that are not zero", () => {
    const random = seededRandom(1);
    const short = randomShort(random);
    expect(short.filter((x) => x === 1 || x === -1).length).toBe(WEIGHT);
    expect(short.filter((x) => x === 0).length).toBe(P - WEIGHT);
    expect(randomSmall(random).every((x) => x === freeze3(x))).toBe(true);
  });
});
