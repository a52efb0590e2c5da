import type { Random } from "../random.ts";
import { P, WEIGHT } from "./parameters.ts";

/** One random 32-bit word, little-endian, as a signed integer. The reference draws each word by itself. */
function randomWord(random: Random): number {
  const bytes = random(4);
  return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24);
}

/** Sorts unsigned 32-bit words with Batcher's merge exchange: which pairs are compared is fixed by the length. */
export function sortWords(words: Int32Array): void {
  const length = words.length;
  let top = 1;
  while (top < length - top) top += top;
  for (let p = top; p > 0; p >>= 1) {
    let q = top;
    let r = 0;
    let d = p;
    for (;;) {
      for (let i = 0; i < length - d; i++) {
        if ((i & p) !== r) continue;
        const a = words[i] ?? 0;
        const b = words[i + d] ?? 0;
        // The top bit is the borrow of b - a: set when b < a as unsigned words.
        const borrow = (~b & a) | (~(b ^ a) & (b - a));
        const difference = (borrow >> 31) & (a ^ b);
        words[i] = a ^ difference;
        words[i + d] = b ^ difference;
      }
      if (q === p) break;
      d = q - p;
      q >>= 1;
      r = p;
    }
  }
}

/** A random polynomial of 286 coefficients 1 or -1, the others 0: 761 draws of 4 bytes. */
export function randomShort(random: Random): Int16Array {
  const words = new Int32Array(P);
  for (let i = 0; i < P; i++) {
    const word = randomWord(random);
    // The low two bits become the coefficient plus 1: 0 or 2 for the first ones, 1 for the rest. Sorting by the
    // random bits above shuffles them.
    words[i] = i < WEIGHT ? word & -2 : (word & -3) | 1;
  }
  sortWords(words);
  const result = new Int16Array(P);
  for (let i = 0; i < P; i++) result[i] = ((words[i] ?? 0) & 3) - 1;
  words.fill(0);
  return result;
}

/** A random polynomial with coefficients -1, 0, 1: 761 draws of 4 bytes. */
export function randomSmall(random: Random): Int16Array {
  const result = new Int16Array(P);
  for (let i = 0; i < P; i++) {
    result[i] = (Math.imul(randomWord(random) & 0x3fffffff, 3) >>> 30) - 1;
  }
  return result;
}
