import { type Codec, decode, EncodeError, largeBytes, nonEmptyList } from "../bytes/index.ts";
import { type Chunks, ChunkWriter } from "./chunks.ts";
import { batchCountMax, blockLength } from "./limits.ts";

/** Room in a block for transmissions and their length prefixes: without padding prefix, tag and count. */
const roomMax = blockLength - 19;
const prefixLength = 2;

/** Transmissions that go into one block, in order; or one that does not fit into any. */
export type Batch<T> =
  | { readonly type: "batch"; readonly transmissions: readonly T[] }
  | { readonly type: "large"; readonly transmission: T };

/**
 * Spreads transmissions over as few blocks as possible, keeping their order ("Transport blocks"). As the
 * network's clients do, it fills blocks from the last one, so a remainder is in the first.
 */
export function packBatches<T extends { readonly length: number }>(
  transmissions: readonly T[],
): readonly Batch<T>[] {
  const batches: Batch<T>[] = [];
  let batch: T[] = [];
  let room = roomMax;
  const close = () => {
    if (batch.length > 0) batches.push({ type: "batch", transmissions: batch.reverse() });
    batch = [];
    room = roomMax;
  };
  for (const transmission of transmissions.toReversed()) {
    const length = prefixLength + transmission.length;
    if (length > room || batch.length === batchCountMax) close();
    if (length > room) {
      batches.push({ type: "large", transmission });
    } else {
      batch.push(transmission);
      room -= length;
    }
  }
  close();
  return batches.reverse();
}

/**
 * The content of a block with transmissions: their count, then each with its length.
 * @throws EncodeError when they are none or more than 255, or one is longer than a block
 */
export function encodeBatch(transmissions: readonly Chunks[]): Chunks {
  const count = transmissions.length;
  if (count === 0 || count > batchCountMax) {
    throw new EncodeError("batch", `${count} transmissions are not 1 to ${batchCountMax}`);
  }
  const writer = new ChunkWriter();
  writer.byte(count);
  for (const { length, parts } of transmissions) {
    if (length > blockLength) throw new EncodeError("batch", `transmission is ${length} bytes`);
    writer.word16(length);
    for (const part of parts) writer.bytes(part);
  }
  return writer.chunks();
}

const batchCodec: Codec<readonly Uint8Array[]> = nonEmptyList(largeBytes);

/** The transmissions in the content of a block, as views. @throws DecodeError when it is not a batch */
export function decodeBatch(content: Uint8Array): readonly Uint8Array[] {
  return decode(batchCodec, content);
}
