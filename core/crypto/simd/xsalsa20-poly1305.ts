import { constantTimeEqual } from "../equal.ts";
import { hsalsa20, salsaConstants } from "../hsalsa20.ts";
import type { BoxCipher } from "../primitives.ts";
import { wipe } from "../wipe.ts";
import type { SimdModule } from "./module.ts";
import { polyKeyAt, polyTagAt } from "./poly1305.ts";
import { salsaInputAt, salsaStride } from "./salsa20.ts";

const tagLength = 16;
const polyKeyLength = 32;
const polyBlock = 16;
const page = 65_536;

/** Key stream for the one-time key of a box that is opened: one stride. */
const spareAt = 128;
/** The box: 32 bytes for the one-time key, in the second half of which the tag is put, and the message. */
const boxAt = spareAt + salsaStride;
const messageAt = boxAt + polyKeyLength;

/**
 * XSalsa20-Poly1305 in our own WebAssembly. The message is written to its memory once (padding and all),
 * encrypted and authenticated in place, and copied out once; then that memory is wiped.
 */
export function simdBoxCipher({ memory, salsa20, poly1305 }: SimdModule): BoxCipher {
  let heap = new Uint8Array(memory.buffer);

  /** Runs `use` with room for a message of `length` bytes and the key set; wipes both after it. */
  function withMessage<T>(key: Uint8Array, nonce: Uint8Array, length: number, use: (end: number) => T): T {
    const end = messageAt + length;
    const room = end + salsaStride;
    if (room > heap.length) {
      memory.grow(Math.ceil((room - heap.length) / page));
      heap = new Uint8Array(memory.buffer);
    }
    try {
      const derived = hsalsa20(key, nonce.subarray(0, 16));
      setInput(derived, nonce.subarray(16));
      wipe(derived);
      return use(end);
    } finally {
      heap.fill(0, 0, room);
    }
  }

  /** The words of a Salsa20 block: constants in the diagonal, key, nonce; the counter stays zero. */
  function setInput(key: Uint8Array, nonce: Uint8Array): void {
    for (let i = 0; i < 4; i++) heap.set(salsaConstants.subarray(4 * i, 4 * i + 4), salsaInputAt + 20 * i);
    heap.set(key.subarray(0, 16), salsaInputAt + 4);
    heap.set(nonce, salsaInputAt + 24);
    heap.set(key.subarray(16), salsaInputAt + 44);
  }

  /** Computes the tag of the ciphertext with the one-time key that stands at `keyAt`. */
  function authenticate(keyAt: number, end: number): void {
    heap.copyWithin(polyKeyAt, keyAt, keyAt + polyKeyLength);
    const rest = (end - messageAt) % polyBlock;
    const fullEnd = end - rest;
    if (rest !== 0) heap.fill(0, end, fullEnd + polyBlock);
    if (rest !== 0) heap[end] = 1;
    poly1305(messageAt, fullEnd, end);
  }

  return {
    seal: (key, nonce, length, fill) =>
      withMessage(key, nonce, length, (end) => {
        fill(heap.subarray(messageAt, end));
        salsa20(boxAt, end, 0);
        authenticate(boxAt, end);
        heap.copyWithin(messageAt - tagLength, polyTagAt, polyTagAt + tagLength);
        return heap.slice(messageAt - tagLength, end);
      }),
    open: (key, nonce, boxed, part) =>
      withMessage(key, nonce, boxed.length - tagLength, (end) => {
        heap.set(boxed.subarray(tagLength), messageAt);
        salsa20(spareAt, boxAt, 0);
        authenticate(spareAt, end);
        const tag = heap.subarray(polyTagAt, polyTagAt + tagLength);
        if (!constantTimeEqual(tag, boxed.subarray(0, tagLength))) return undefined;
        salsa20(boxAt, end, 0);
        return part(heap.subarray(messageAt, end)).slice();
      }),
  };
}
