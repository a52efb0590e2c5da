/** The arrays one after another, in a new array. */
export function concat(...arrays: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const array of arrays) length += array.length;
  const all = new Uint8Array(length);
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}

/** Whether two public byte strings are the same. For secrets, use `constantTimeEqual` of core/crypto. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Negative, zero or positive: the order of `a` and `b` byte by byte, a prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
