/** Modulus of the coefficients of public keys. */
export const Q = 4591;

/** Coefficients modulo Q are kept between -Q_HALF and Q_HALF. */
export const Q_HALF = 2295;

// Division takes a time that depends on its operands, so both reductions multiply by a scaled reciprocal.

/** The residue of x modulo 3 that is -1, 0 or 1, in constant time. x: an integer, |x| < 16,384. */
export function freeze3(x: number): number {
  // 10923 / 2^15 is 1/3 + 1/98304: below 16,384 the error is less than the 1/6 left over by rounding.
  return x - 3 * ((Math.imul(10923, x) + 16384) >> 15);
}

/** The residue of x modulo 4591 between -2295 and 2295, in constant time. x: an integer, |x| <= 2^24. */
export function freezeQ(x: number): number {
  // 57 / 2^18 is 0.175 % below 1/Q: what is left is at most 2^24 * 0.00175 + Q < 34,000. 29235 / 2^27 is 1/Q
  // within 3e-10: the error of 34,000 * 3e-10 is less than the 1 / (2 Q) left over by rounding.
  const y = (x - Math.imul(Q, Math.imul(57, x) >> 18)) | 0;
  return (y - Math.imul(Q, (Math.imul(29235, y) + 67108864) >> 27)) | 0;
}

/** The inverse of x modulo 4591 as x^(Q - 2), in constant time; 0 for 0. x: |x| <= 2295. */
export function reciprocalQ(x: number): number {
  let result = 1;
  for (let bit = 12; bit >= 0; bit--) {
    result = freezeQ(Math.imul(result, result));
    // The exponent is public, so branching on its bits tells nothing about x.
    if ((((Q - 2) >> bit) & 1) === 1) result = freezeQ(Math.imul(result, x));
  }
  return result;
}

/** -1 if x < 0, otherwise 0. x: a 32-bit integer. */
export function negativeMask(x: number): number {
  return x >> 31;
}

/** -1 if x is not 0, otherwise 0. x: a 32-bit integer. */
export function nonZeroMask(x: number): number {
  return (x | -x) >> 31;
}
