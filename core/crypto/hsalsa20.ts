/** "expand 32-byte k", the constants of Salsa20. */
export const salsaConstants = new TextEncoder().encode("expand 32-byte k");

/** Word `index` of some bytes, little-endian. */
function word(bytes: Uint8Array, index: number): number {
  const at = 4 * index;
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

const constant = (index: number): number => word(salsaConstants, index);

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/**
 * HSalsa20 ("Extending the Salsa20 nonce"): a key of 32 bytes from a key of 32 and an input of 16 bytes.
 * Every box needs it twice, so it works in local variables, without an array.
 */
export function hsalsa20(key: Uint8Array, input: Uint8Array): Uint8Array {
  let x0 = constant(0);
  let x1 = word(key, 0);
  let x2 = word(key, 1);
  let x3 = word(key, 2);
  let x4 = word(key, 3);
  let x5 = constant(1);
  let x6 = word(input, 0);
  let x7 = word(input, 1);
  let x8 = word(input, 2);
  let x9 = word(input, 3);
  let x10 = constant(2);
  let x11 = word(key, 4);
  let x12 = word(key, 5);
  let x13 = word(key, 6);
  let x14 = word(key, 7);
  let x15 = constant(3);
  for (let doubleRound = 0; doubleRound < 10; doubleRound++) {
    x4 ^= rotate(x0 + x12, 7);
    x8 ^= rotate(x4 + x0, 9);
    x12 ^= rotate(x8 + x4, 13);
    x0 ^= rotate(x12 + x8, 18);
    x9 ^= rotate(x5 + x1, 7);
    x13 ^= rotate(x9 + x5, 9);
    x1 ^= rotate(x13 + x9, 13);
    x5 ^= rotate(x1 + x13, 18);
    x14 ^= rotate(x10 + x6, 7);
    x2 ^= rotate(x14 + x10, 9);
    x6 ^= rotate(x2 + x14, 13);
    x10 ^= rotate(x6 + x2, 18);
    x3 ^= rotate(x15 + x11, 7);
    x7 ^= rotate(x3 + x15, 9);
    x11 ^= rotate(x7 + x3, 13);
    x15 ^= rotate(x11 + x7, 18);
    x1 ^= rotate(x0 + x3, 7);
    x2 ^= rotate(x1 + x0, 9);
    x3 ^= rotate(x2 + x1, 13);
    x0 ^= rotate(x3 + x2, 18);
    x6 ^= rotate(x5 + x4, 7);
    x7 ^= rotate(x6 + x5, 9);
    x4 ^= rotate(x7 + x6, 13);
    x5 ^= rotate(x4 + x7, 18);
    x11 ^= rotate(x10 + x9, 7);
    x8 ^= rotate(x11 + x10, 9);
    x9 ^= rotate(x8 + x11, 13);
    x10 ^= rotate(x9 + x8, 18);
    x12 ^= rotate(x15 + x14, 7);
    x13 ^= rotate(x12 + x15, 9);
    x14 ^= rotate(x13 + x12, 13);
    x15 ^= rotate(x14 + x13, 18);
  }
  const derived = new Uint8Array(32);
  let at = 0;
  for (const value of [x0, x5, x10, x15, x6, x7, x8, x9]) {
    derived[at++] = value;
    derived[at++] = value >>> 8;
    derived[at++] = value >>> 16;
    derived[at++] = value >>> 24;
  }
  return derived;
}
