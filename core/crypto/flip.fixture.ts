/** A copy with one bit changed; positions beyond the end begin again. */
export function flipBit(bytes: Uint8Array, position: number, bit: number): Uint8Array {
  const other = bytes.slice();
  const index = position % other.length;
  other[index] = (other[index] ?? 0) ^ (1 << bit);
  return other;
}
