import { Q, Q_HALF } from "./coefficients.ts";
import { P, ROUNDED_BYTES, RQ_BYTES, SMALL_BYTES } from "./parameters.ts";

/** Number of multiples of 3 from -2295 to 2295. */
const ROUNDED_MODULUS = (Q + 2) / 3;

/** Moduli are merged in pairs, and written out byte by byte until they are below this. */
const LIMIT = 16384;

/** One level of the pairing: all moduli are equal except the last. */
interface Level {
  readonly count: number;
  readonly modulus: number;
  readonly lastModulus: number;
}

function modulusAt(level: Level, index: number): number {
  return index === level.count - 1 ? level.lastModulus : level.modulus;
}

/** How many bytes of a value below modulus are written at once, and the modulus of what is left. */
function shrink(modulus: number): { readonly bytes: number; readonly rest: number } {
  let bytes = 0;
  let rest = modulus;
  while (rest >= LIMIT) {
    bytes++;
    rest = (rest + 255) >>> 8;
  }
  return { bytes, rest };
}

function nextLevel(level: Level): Level {
  const pairs = level.count >> 1;
  const odd = (level.count & 1) === 1;
  return {
    count: pairs + (odd ? 1 : 0),
    modulus: shrink(level.modulus * level.modulus).rest,
    lastModulus: odd ? level.lastModulus : shrink(level.modulus * level.lastModulus).rest,
  };
}

function levelsOf(modulus: number): readonly Level[] {
  const levels: Level[] = [{ count: P, modulus, lastModulus: modulus }];
  for (let level = levels[0]; level !== undefined && level.count > 1; ) {
    level = nextLevel(level);
    levels.push(level);
  }
  return levels;
}

const RQ_LEVELS = levelsOf(Q);
const ROUNDED_LEVELS = levelsOf(ROUNDED_MODULUS);

/** Writes 761 values in mixed radix. Multiplies and shifts only: the values may be secret. */
function encodeValues(values: Uint32Array, levels: readonly Level[], length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const level of levels) {
    if (level.count === 1) {
      let value = values[0] ?? 0;
      for (let modulus = level.lastModulus; modulus > 1; modulus = (modulus + 255) >>> 8) {
        out[at++] = value;
        value >>>= 8;
      }
      break;
    }
    const pairs = level.count >> 1;
    for (let i = 0; i < pairs; i++) {
      const { bytes } = shrink(level.modulus * modulusAt(level, 2 * i + 1));
      let value = (values[2 * i] ?? 0) + Math.imul(values[2 * i + 1] ?? 0, level.modulus);
      for (let n = 0; n < bytes; n++) {
        out[at++] = value;
        value >>>= 8;
      }
      values[i] = value;
    }
    if ((level.count & 1) === 1) values[pairs] = values[level.count - 1] ?? 0;
  }
  return out;
}

/** Reads 761 values in mixed radix. Its time depends on the bytes, which are always public (keys, ciphertexts). */
function decodeValues(bytes: Uint8Array, levels: readonly Level[]): Uint32Array {
  const lowParts: { readonly low: Uint32Array; readonly scale: Uint32Array }[] = [];
  const values = new Uint32Array(P);
  let at = 0;
  for (const level of levels) {
    if (level.count === 1) {
      let scale = 1;
      for (let modulus = level.lastModulus; modulus > 1; modulus = (modulus + 255) >>> 8) {
        values[0] = (values[0] ?? 0) + (bytes[at++] ?? 0) * scale;
        scale *= 256;
      }
      values[0] = (values[0] ?? 0) % level.lastModulus;
      break;
    }
    const pairs = level.count >> 1;
    const low = new Uint32Array(pairs);
    const scale = new Uint32Array(pairs);
    for (let i = 0; i < pairs; i++) {
      const shrunk = shrink(level.modulus * modulusAt(level, 2 * i + 1));
      let factor = 1;
      for (let n = 0; n < shrunk.bytes; n++) {
        low[i] = (low[i] ?? 0) + (bytes[at++] ?? 0) * factor;
        factor *= 256;
      }
      scale[i] = factor;
    }
    lowParts.push({ low, scale });
  }
  for (let depth = lowParts.length - 1; depth >= 0; depth--) {
    const level = levels[depth];
    const part = lowParts[depth];
    if (level === undefined || part === undefined) break;
    const pairs = level.count >> 1;
    if ((level.count & 1) === 1) values[level.count - 1] = values[pairs] ?? 0;
    for (let i = pairs - 1; i >= 0; i--) {
      const value = (part.low[i] ?? 0) + (part.scale[i] ?? 0) * (values[i] ?? 0);
      values[2 * i] = value % level.modulus;
      // The second remainder is only needed for bytes that no encoder writes.
      values[2 * i + 1] = Math.floor(value / level.modulus) % modulusAt(level, 2 * i + 1);
    }
  }
  return values;
}

/** Encodes a polynomial modulo 4591 (a public key): 1158 bytes. */
export function encodeRq(polynomial: Int16Array): Uint8Array {
  const values = new Uint32Array(P);
  for (let i = 0; i < P; i++) values[i] = (polynomial[i] ?? 0) + Q_HALF;
  return encodeValues(values, RQ_LEVELS, RQ_BYTES);
}

/** Decodes a polynomial modulo 4591 from 1158 bytes; any bytes give some polynomial. */
export function decodeRq(bytes: Uint8Array): Int16Array {
  return Int16Array.from(decodeValues(bytes, RQ_LEVELS), (value) => value - Q_HALF);
}

/** Encodes a polynomial whose coefficients are multiples of 3 between -2295 and 2295: 1007 bytes. */
export function encodeRounded(polynomial: Int16Array): Uint8Array {
  const values = new Uint32Array(P);
  // 10923 / 2^15 is 1/3 and a little more: exact for multiples of 3 in this range.
  for (let i = 0; i < P; i++) values[i] = Math.imul((polynomial[i] ?? 0) + Q_HALF, 10923) >> 15;
  const encoded = encodeValues(values, ROUNDED_LEVELS, ROUNDED_BYTES);
  values.fill(0);
  return encoded;
}

/** Decodes a rounded polynomial from 1007 bytes; any bytes give some polynomial. */
export function decodeRounded(bytes: Uint8Array): Int16Array {
  return Int16Array.from(decodeValues(bytes, ROUNDED_LEVELS), (value) => value * 3 - Q_HALF);
}

/** Encodes coefficients -1, 0, 1, four to a byte: 191 bytes. */
export function encodeSmall(polynomial: Int16Array): Uint8Array {
  const out = new Uint8Array(SMALL_BYTES);
  for (let i = 0; i < P; i++) {
    const at = i >> 2;
    out[at] = (out[at] ?? 0) | (((polynomial[i] ?? 0) + 1) << (2 * (i & 3)));
  }
  return out;
}

/** Decodes coefficients -1, 0, 1 from 191 bytes. */
export function decodeSmall(bytes: Uint8Array): Int16Array {
  const polynomial = new Int16Array(P);
  for (let i = 0; i < P; i++) polynomial[i] = (((bytes[i >> 2] ?? 0) >> (2 * (i & 3))) & 3) - 1;
  return polynomial;
}
