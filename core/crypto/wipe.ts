/**
 * Overwrites secrets that are no longer needed with zeros. Best effort: the runtime may have copied them.
 */
export function wipe(...arrays: readonly Uint8Array[]): void {
  for (const array of arrays) array.fill(0);
}
