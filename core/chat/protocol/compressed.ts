import {
  type Codec,
  decode,
  encode,
  largeBytes,
  nonEmptyList,
  Reader,
  shortBytes,
} from "../../bytes/index.ts";
import { zstdDecompress, zstdStore } from "./zstd.ts";

/** Longest message after decompression that is accepted, in bytes. */
export const decompressedLengthMax = 65_536;

/** Up to this many bytes are not compressed. */
const passThroughLengthMax = 180;

const passThroughTag = 0x30;
const zstdTag = 0x31;

/** A message that may be compressed: `0` and the bytes with a 1-byte length, or `1` and a Zstandard frame as Large. */
export const compressed: Codec<Uint8Array> = {
  encode(writer, content) {
    if (content.length <= passThroughLengthMax) {
      writer.byte(passThroughTag);
      shortBytes.encode(writer, content);
    } else {
      writer.byte(zstdTag);
      largeBytes.encode(writer, zstdStore(content));
    }
  },
  decode(reader) {
    const tag = reader.byte();
    if (tag === passThroughTag) return shortBytes.decode(reader);
    if (tag === zstdTag) return zstdDecompress(largeBytes.decode(reader), decompressedLengthMax);
    return reader.fail("compression is unknown");
  },
};

const batch = nonEmptyList(compressed);
const batchTag = 0x58;

/** Whether a message body begins as a batch of compressed messages, or compressed link data, does. */
export function isCompressed(body: Uint8Array): boolean {
  return body[0] === batchTag;
}

/** The messages of a compressed batch, `X` in front included. @throws DecodeError */
export function decodeCompressedBatch(body: Uint8Array): readonly Uint8Array[] {
  return decode(batch, body.subarray(1));
}

/** A compressed batch of messages, `X` in front included. */
export function encodeCompressedBatch(messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.of(batchTag, ...encode(batch, messages));
}

/** User data of a link, which are compressed as `X` and a Zstandard frame when that is shorter. */
export function decodeLinkUserData(data: Uint8Array): Uint8Array {
  if (!isCompressed(data)) return data;
  const reader = new Reader(data);
  reader.take(1);
  return zstdDecompress(reader.rest(), decompressedLengthMax);
}
