/** Degree of the ring: polynomials have this many coefficients, modulo x^761 - x - 1. */
export const P = 761;

/** Number of coefficients of a short polynomial that are not zero. */
export const WEIGHT = 286;

/** Length of an encoded polynomial with coefficients -1, 0, 1, in bytes. */
export const SMALL_BYTES = 191;

/** Length of an encoded polynomial modulo Q, in bytes. */
export const RQ_BYTES = 1158;

/** Length of an encoded polynomial with coefficients rounded to multiples of 3, in bytes. */
export const ROUNDED_BYTES = 1007;

/** Length of all the hashes, in bytes. */
export const HASH_BYTES = 32;
