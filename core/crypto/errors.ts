/**
 * A cryptographic operation was given something of the wrong shape, or failed (a tag or a point that does
 * not fit). The message reads `cannot X: Y is Z` and never holds key or message bytes.
 */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
}

/**
 * Checks a byte length before it is used.
 * @throws CryptoError `cannot <action>: <what> is <n> bytes, not <length>`
 */
export function requireLength(action: string, what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) {
    throw new CryptoError(`cannot ${action}: ${what} is ${bytes.length} bytes, not ${length}`);
  }
}
