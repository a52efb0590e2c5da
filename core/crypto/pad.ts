import { CryptoError } from "./errors.ts";

/** The longest message that padding can hold, in bytes. */
export const paddedMessageLengthMax = 65_533;

/** Bytes of the length in front of the message. */
export const padPrefixLength = 2;

const padByte = 0x23; // "#"

/**
 * Writes the length of `message` in two bytes, `message`, and `#` to the end of `target`.
 * @throws CryptoError when `message` does not fit
 */
export function padInto(target: Uint8Array, message: Uint8Array): void {
  requireFit(message, target.length);
  target[0] = message.length >> 8;
  target[1] = message.length;
  target.set(message, padPrefixLength);
  target.fill(padByte, padPrefixLength + message.length);
}

/**
 * Pads `message` to `paddedLength` bytes, so that its length does not show.
 * @throws CryptoError when `message` is longer than `paddedLength - 2` or than 65,533 bytes
 */
export function pad(message: Uint8Array, paddedLength: number): Uint8Array {
  requireFit(message, paddedLength);
  const padded = new Uint8Array(paddedLength);
  padInto(padded, message);
  return padded;
}

/**
 * The message in `padded`, as a view of it. What the padding bytes are does not matter.
 * @throws CryptoError when there is no length or it exceeds what is there
 */
export function unpad(padded: Uint8Array): Uint8Array {
  const [high, low] = padded;
  if (high === undefined || low === undefined) {
    throw new CryptoError(`cannot unpad message: padded message is ${padded.length} bytes, not 2 or more`);
  }
  const end = padPrefixLength + ((high << 8) | low);
  if (end > padded.length) {
    throw new CryptoError("cannot unpad message: length is more than the padded message holds");
  }
  return padded.subarray(padPrefixLength, end);
}

/** @throws CryptoError when `message` can't be padded to `paddedLength` bytes */
export function requireFit(message: Uint8Array, paddedLength: number): void {
  if (message.length > paddedMessageLengthMax || message.length > paddedLength - padPrefixLength) {
    throw new CryptoError(
      `cannot pad message: message is ${message.length} bytes, too long for padded length ${paddedLength}`,
    );
  }
}
