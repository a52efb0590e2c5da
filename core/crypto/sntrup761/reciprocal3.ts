import { negativeMask, nonZeroMask } from "./coefficients.ts";
import { P } from "./parameters.ts";

/** 32-bit words that hold one bit for each of the P + 1 coefficients. */
const WORDS = 24;

/** A polynomial modulo 3 as two bit sets: where the coefficient is 1, and where it is -1. */
interface BitPolynomial {
  readonly plus: Int32Array;
  readonly minus: Int32Array;
}

function zero(): BitPolynomial {
  return { plus: new Int32Array(WORDS), minus: new Int32Array(WORDS) };
}

function setCoefficient(polynomial: BitPolynomial, index: number, value: number): void {
  const word = index >> 5;
  const shift = index & 31;
  polynomial.plus[word] = (polynomial.plus[word] ?? 0) | ((value & ~(value >> 1) & 1) << shift);
  polynomial.minus[word] = (polynomial.minus[word] ?? 0) | (((value >> 1) & 1) << shift);
}

function coefficient(polynomial: BitPolynomial, index: number): number {
  const word = index >> 5;
  const shift = index & 31;
  return (((polynomial.plus[word] ?? 0) >>> shift) & 1) - (((polynomial.minus[word] ?? 0) >>> shift) & 1);
}

/** Multiplies by x. */
function shiftUp(bits: Int32Array): void {
  for (let i = WORDS - 1; i > 0; i--) bits[i] = ((bits[i] ?? 0) << 1) | ((bits[i - 1] ?? 0) >>> 31);
  bits[0] = (bits[0] ?? 0) << 1;
}

/** Divides by x; the lowest coefficient is zero already. */
function shiftDown(bits: Int32Array): void {
  for (let i = 0; i < WORDS - 1; i++) bits[i] = ((bits[i] ?? 0) >>> 1) | ((bits[i + 1] ?? 0) << 31);
  bits[WORDS - 1] = (bits[WORDS - 1] ?? 0) >>> 1;
}

/** Swaps a and b where swap is -1, then b += factor * a, with factor 1 (plus = -1), -1 (minus = -1) or 0. */
function swapAndAdd(a: BitPolynomial, b: BitPolynomial, swap: number, plus: number, minus: number): void {
  for (let i = 0; i < WORDS; i++) {
    const aPlus = a.plus[i] ?? 0;
    const aMinus = a.minus[i] ?? 0;
    const bPlus = b.plus[i] ?? 0;
    const bMinus = b.minus[i] ?? 0;
    const swapPlus = swap & (aPlus ^ bPlus);
    const swapMinus = swap & (aMinus ^ bMinus);
    const p1 = aPlus ^ swapPlus;
    const m1 = aMinus ^ swapMinus;
    const p2 = bPlus ^ swapPlus;
    const m2 = bMinus ^ swapMinus;
    a.plus[i] = p1;
    a.minus[i] = m1;
    const addPlus = (p1 & plus) | (m1 & minus);
    const addMinus = (m1 & plus) | (p1 & minus);
    // Addition modulo 3 on bit sets.
    const t = (addPlus | m2) ^ (addMinus | p2);
    b.plus[i] = (addMinus | m2) ^ t;
    b.minus[i] = (addPlus | p2) ^ t;
  }
}

/**
 * The inverse of a polynomial modulo 3 and x^761 - x - 1, by 2 * 761 - 1 constant-time division steps on
 * polynomials written backwards.
 *
 * @param input 761 coefficients -1, 0, 1
 * @returns 761 coefficients -1, 0, 1; undefined when there is no inverse (the caller draws another polynomial)
 */
export function reciprocal3(input: Int16Array): Int16Array | undefined {
  const f = zero();
  const g = zero();
  const v = zero();
  const r = zero();
  setCoefficient(r, 0, 1);
  setCoefficient(f, 0, 1);
  setCoefficient(f, P - 1, -1);
  setCoefficient(f, P, -1);
  for (let i = 0; i < P; i++) setCoefficient(g, P - 1 - i, input[i] ?? 0);

  let delta = 1;
  for (let step = 0; step < 2 * P - 1; step++) {
    shiftUp(v.plus);
    shiftUp(v.minus);
    const f0 = coefficient(f, 0);
    const g0 = coefficient(g, 0);
    const factor = -Math.imul(f0, g0);
    const swap = negativeMask(-delta) & nonZeroMask(g0);
    const plus = -(factor & ~(factor >> 1) & 1);
    const minus = negativeMask(factor);
    delta = (delta ^ (swap & (delta ^ -delta))) + 1;
    swapAndAdd(f, g, swap, plus, minus);
    swapAndAdd(v, r, swap, plus, minus);
    shiftDown(g.plus);
    shiftDown(g.minus);
  }

  const sign = coefficient(f, 0);
  const result = new Int16Array(P);
  for (let i = 0; i < P; i++) result[i] = sign * coefficient(v, P - 1 - i);
  for (const polynomial of [f, g, v, r]) {
    polynomial.plus.fill(0);
    polynomial.minus.fill(0);
  }
  // Whether this attempt failed is public: a failed polynomial is thrown away.
  return delta === 0 ? result : undefined;
}
