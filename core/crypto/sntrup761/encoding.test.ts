import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Q_HALF } from "./coefficients.ts";
import { decodeRounded, decodeRq, decodeSmall, encodeRounded, encodeRq, encodeSmall } from "./encoding.ts";
import { P, ROUNDED_BYTES, RQ_BYTES, SMALL_BYTES } from "./parameters.ts";

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 16;
  };
}

/** Coefficients that are multiples of `step` from -max to max, from a seed. */
function polynomialOf(seed: number, step: number, max: number): Int16Array {
  const random = seededRandom(seed);
  const count = (2 * max) / step + 1;
  return Int16Array.from({ length: P }, () => (random() % count) * step - max);
}

const forms = [
  {
    name: "modulo 4591",
    encode: encodeRq,
    decode: decodeRq,
    bytes: RQ_BYTES,
    step: 1,
    max: Q_HALF,
  },
  {
    name: "rounded",
    encode: encodeRounded,
    decode: decodeRounded,
    bytes: ROUNDED_BYTES,
    step: 3,
    max: Q_HALF,
  },
  {
    name: "small",
    encode: encodeSmall,
    decode: decodeSmall,
    bytes: SMALL_BYTES,
    step: 1,
    max: 1,
  },
];

describe.each(forms)("polynomials that are $name", ({ encode, decode, bytes, step, max }) => {
  test("come back from their encoding", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const polynomial = polynomialOf(seed, step, max);
        const encoded = encode(polynomial);
        expect(encoded.length).toBe(bytes);
        expect(decode(encoded).join()).toBe(polynomial.join());
      }),
      { numRuns: 50 },
    );
    for (const edge of [new Int16Array(P).fill(max), new Int16Array(P).fill(-max)]) {
      expect(decode(encode(edge)).join()).toBe(edge.join());
    }
  });
});

// The two bits of a small coefficient have a value too many; these are only read from our own private keys.
describe.each(forms.filter(({ max }) => max !== 1))("polynomials that are $name", (form) => {
  const { encode, decode, bytes, step, max } = form;

  test("are in range whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const polynomial = decode(Uint8Array.from({ length: bytes }, seededRandom(seed)));
        expect(polynomial.every((x) => Math.abs(x) <= max && x % step === 0)).toBe(true);
        // Reading what was read and written again changes nothing any more.
        expect(decode(encode(polynomial)).join()).toBe(polynomial.join());
      }),
      { numRuns: 50 },
    );
  });
});
