import { freeze3, freezeQ } from "./coefficients.ts";
import { P } from "./parameters.ts";

/** P rounded up so that it halves into blocks of BLOCK coefficients. */
const PADDED = 768;

/** Below this length (in coefficients) the schoolbook method is faster than splitting further. */
const BLOCK = 48;

/** out[0 .. 2 length - 2] = a * b; every index depends on public lengths only. */
function schoolbook(
  out: Int32Array,
  outAt: number,
  a: Int32Array,
  aAt: number,
  b: Int32Array,
  bAt: number,
  length: number,
): void {
  out.fill(0, outAt, outAt + 2 * length);
  for (let i = 0; i < length; i += 4) {
    const a0 = a[aAt + i] ?? 0;
    const a1 = a[aAt + i + 1] ?? 0;
    const a2 = a[aAt + i + 2] ?? 0;
    const a3 = a[aAt + i + 3] ?? 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    const row = outAt + i;
    for (let j = 0; j < length; j++) {
      const b0 = b[bAt + j] ?? 0;
      const sum = Math.imul(a0, b0) + Math.imul(a1, b1) + Math.imul(a2, b2) + Math.imul(a3, b3);
      out[row + j] = ((out[row + j] ?? 0) + sum) | 0;
      b3 = b2;
      b2 = b1;
      b1 = b0;
    }
    const end = row + length;
    out[end] = ((out[end] ?? 0) + Math.imul(a1, b1) + Math.imul(a2, b2) + Math.imul(a3, b3)) | 0;
    out[end + 1] = ((out[end + 1] ?? 0) + Math.imul(a2, b1) + Math.imul(a3, b2)) | 0;
    out[end + 2] = ((out[end + 2] ?? 0) + Math.imul(a3, b1)) | 0;
  }
}

/**
 * Karatsuba: out[0 .. 2 length - 1] = a * b. Uses scratch from scratchAt: 4 length integers for all levels.
 * The sums wrap modulo 2^32, which does no harm: the final coefficients are below 2^23.
 */
function karatsuba(
  out: Int32Array,
  outAt: number,
  a: Int32Array,
  aAt: number,
  b: Int32Array,
  bAt: number,
  length: number,
  scratch: Int32Array,
  scratchAt: number,
): void {
  if (length <= BLOCK) {
    schoolbook(out, outAt, a, aAt, b, bAt, length);
    return;
  }
  const half = length >> 1;
  const aSum = scratchAt;
  const bSum = scratchAt + half;
  const middle = scratchAt + length;
  const deeper = scratchAt + 2 * length;
  for (let i = 0; i < half; i++) {
    scratch[aSum + i] = (a[aAt + i] ?? 0) + (a[aAt + half + i] ?? 0);
    scratch[bSum + i] = (b[bAt + i] ?? 0) + (b[bAt + half + i] ?? 0);
  }
  karatsuba(scratch, middle, scratch, aSum, scratch, bSum, half, scratch, deeper);
  karatsuba(out, outAt, a, aAt, b, bAt, half, scratch, deeper);
  karatsuba(out, outAt + length, a, aAt + half, b, bAt + half, half, scratch, deeper);
  for (let i = 0; i < length; i++) {
    const cross = (scratch[middle + i] ?? 0) - (out[outAt + i] ?? 0) - (out[outAt + length + i] ?? 0);
    scratch[middle + i] = cross | 0;
  }
  for (let i = 0; i < length; i++) {
    const at = outAt + half + i;
    out[at] = ((out[at] ?? 0) + (scratch[middle + i] ?? 0)) | 0;
  }
}

/** a * b modulo x^761 - x - 1, coefficients not yet reduced; wipes what it used. */
function multiply(a: Int16Array, b: Int16Array, freeze: (x: number) => number): Int16Array {
  const left = new Int32Array(PADDED);
  const right = new Int32Array(PADDED);
  const product = new Int32Array(2 * PADDED);
  const scratch = new Int32Array(4 * PADDED);
  left.set(a);
  right.set(b);
  karatsuba(product, 0, left, 0, right, 0, PADDED, scratch, 0);
  const result = new Int16Array(P);
  // x^761 = x + 1: coefficient 761 + i is added to i and i + 1. The highest is 1520, so there is no second round.
  for (let i = 0; i < P; i++) {
    const wrapped = (product[P + i] ?? 0) + (i > 0 ? (product[P + i - 1] ?? 0) : 0);
    result[i] = freeze((product[i] ?? 0) + wrapped);
  }
  left.fill(0);
  right.fill(0);
  product.fill(0);
  scratch.fill(0);
  return result;
}

/** a * b in the ring modulo 4591. a: 761 coefficients modulo 4591, b: 761 coefficients -1, 0, 1. */
export function multiplyQ(a: Int16Array, b: Int16Array): Int16Array {
  return multiply(a, b, freezeQ);
}

/** a * b in the ring modulo 3. a, b: 761 coefficients -1, 0, 1. */
export function multiply3(a: Int16Array, b: Int16Array): Int16Array {
  return multiply(a, b, freeze3);
}
