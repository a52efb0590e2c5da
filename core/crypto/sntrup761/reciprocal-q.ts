import { freezeQ, negativeMask, nonZeroMask, Q, reciprocalQ } from "./coefficients.ts";
import { P } from "./parameters.ts";

/** The modulus as a constant of this module: imports are not always inlined, and the loops below are long. */
const MODULUS = Q;

/** The inverse of Q modulo 2^16. */
const INVERSE = 15631;

/**
 * x / 2^16 modulo Q (Montgomery), between -2560 and 2560 and thus zero only for multiples of Q. Each step
 * scales a pair of polynomials by the same 1 / 2^16, which the quotient at the end does not see.
 * x: an integer, |x| <= 2 * 2560^2.
 */
function reduce(x: number): number {
  const multiple = (Math.imul(x, INVERSE) << 16) >> 16;
  return (x - Math.imul(multiple, MODULUS)) >> 16;
}

/** Division steps that find an inverse for certain. */
const STEPS = 2 * P - 1;

/**
 * 1 / (3 * input) modulo 4591 and x^761 - x - 1, by constant-time division steps on polynomials written
 * backwards. Every polynomial but zero has an inverse modulo 4591, as x^761 - x - 1 is irreducible there.
 *
 * @param input 761 coefficients -1, 0, 1, not all zero
 * @returns 761 coefficients modulo 4591
 */
export function reciprocalOfTriple(input: Int16Array): Int16Array {
  const f = new Int16Array(P + 1);
  const g = new Int16Array(P + 1);
  const v = new Int16Array(P + 1);
  const r = new Int16Array(P + 1);
  r[0] = reciprocalQ(3);
  f[0] = 1;
  f[P - 1] = -1;
  f[P] = -1;
  for (let i = 0; i < P; i++) g[P - 1 - i] = input[i] ?? 0;

  let delta = 1;
  for (let step = 0; step < STEPS; step++) {
    const f0: number = f[0] ?? 0;
    const g0: number = g[0] ?? 0;
    const swap = negativeMask(-delta) & nonZeroMask(g0);
    delta = (delta ^ (swap & (delta ^ -delta))) + 1;
    // After a swap of f and g, f0 g - g0 f is g0 f - f0 g: the same number with the other sign.
    const forG = (f0 ^ swap) - swap;
    const forF = (g0 ^ swap) - swap;

    // Only coefficients that can still reach position 0 matter.
    const reach = Math.min(P, STEPS - step);
    f[0] = f0 ^ (swap & (f0 ^ g0));
    for (let i = 1; i <= reach; i++) {
      const a = f[i] ?? 0;
      const b = g[i] ?? 0;
      f[i] = a ^ (swap & (a ^ b));
      g[i - 1] = reduce(Math.imul(forG, b) - Math.imul(forF, a));
    }
    if (reach === P) g[P] = 0;

    // v and r start as constants and gain at most one degree a step.
    for (let i = Math.min(P, step + 1); i > 0; i--) {
      const a = v[i - 1] ?? 0;
      const b = r[i] ?? 0;
      v[i] = a ^ (swap & (a ^ b));
      r[i] = reduce(Math.imul(forG, b) - Math.imul(forF, a));
    }
    const r0 = r[0] ?? 0;
    v[0] = swap & r0;
    r[0] = reduce(Math.imul(forG, r0));
  }

  const scale = reciprocalQ(freezeQ(f[0] ?? 0));
  const result = new Int16Array(P);
  for (let i = 0; i < P; i++) result[i] = freezeQ(Math.imul(scale, v[P - 1 - i] ?? 0));
  f.fill(0);
  g.fill(0);
  v.fill(0);
  r.fill(0);
  return result;
}
