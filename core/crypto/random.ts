/** Gives `length` random bytes in an array of their own. Tests and the simulator pass a seeded one. */
export type Random = (length: number) => Uint8Array;

/** The most that one call of the Web Crypto API gives, in bytes. */
const callMax = 65_536;

/** The cryptographic random source of the runtime. */
export const systemRandom: Random = (length) => {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += callMax) {
    globalThis.crypto.getRandomValues(bytes.subarray(start, start + callMax));
  }
  return bytes;
};
