/** Gives `length` random bytes in an array of their own. Tests and the simulator pass a seeded one. */
export type Random = (length: number) => Uint8Array;

/** The most that one call of the Web Crypto API gives, in bytes. */
const callMax = 65_536;

/** Short requests are served from a pool of this many bytes: a call of the API costs more than a microsecond. */
const poolLength = 4096;

/** The longest request that is served from the pool, in bytes. */
const pooledMax = 64;

const pool = new Uint8Array(poolLength);
let poolUsed = poolLength;

/** Takes bytes from the pool and leaves none of them there. */
function takeFromPool(length: number): Uint8Array {
  if (poolUsed + length > poolLength) {
    globalThis.crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  const bytes = pool.slice(poolUsed, poolUsed + length);
  pool.fill(0, poolUsed, poolUsed + length);
  poolUsed += length;
  return bytes;
}

/** The cryptographic random source of the runtime. */
export const systemRandom: Random = (length) => {
  if (length <= pooledMax) return takeFromPool(length);
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += callMax) {
    globalThis.crypto.getRandomValues(bytes.subarray(start, start + callMax));
  }
  return bytes;
};
