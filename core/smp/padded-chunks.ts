import { EncodeError } from "../bytes/index.ts";
import { secretbox } from "../crypto/box.ts";
import { padPrefixLength } from "../crypto/pad.ts";
import { type Chunks, writeChunks } from "./chunks.ts";

const padByte = 0x23; // "#"

/**
 * Writes the length of the content in 2 bytes, the content, and `#` to the end of `target`.
 * @throws EncodeError when it does not fit
 */
export function writePadded(target: Uint8Array, content: Chunks): void {
  const lengthMax = target.length - padPrefixLength;
  if (content.length > lengthMax) {
    throw new EncodeError("padded bytes", `content is ${content.length} bytes, more than ${lengthMax}`);
  }
  target[0] = content.length >> 8;
  target[1] = content.length;
  writeChunks(target.subarray(padPrefixLength), content);
  target.fill(padByte, padPrefixLength + content.length);
}

/**
 * `secretbox.seal` of content that lies in several places; it is copied once.
 * @throws EncodeError when it does not fit into `paddedLength - 2` bytes
 * @throws CryptoError for a wrong length of key or nonce
 */
export function sealPadded(
  key: Uint8Array,
  nonce: Uint8Array,
  content: Chunks,
  paddedLength: number,
): Uint8Array {
  return secretbox.sealFilled(key, nonce, paddedLength, (plaintext) => writePadded(plaintext, content));
}
