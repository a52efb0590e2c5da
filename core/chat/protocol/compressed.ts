import {
  type Codec,
  decode,
  encode,
  largeBytes,
  nonEmptyList,
  shortBytes,
  union,
} from "../../bytes/index.ts";
import { type ZstdCompress, zstdDecompress } from "./zstd.ts";

/** Longest message after decompression that is accepted, in bytes. */
export const decompressedLengthMax = 65_536;

/** Up to this many bytes are not compressed. */
const passThroughLengthMax = 180;

/** A message as it stands in a batch: its bytes as they are, at most 255, or a Zstandard frame. */
export type Compressed =
  | { readonly type: "passThrough"; readonly content: Uint8Array }
  | { readonly type: "zstd"; readonly frame: Uint8Array };

export const compressed: Codec<Compressed> = union<Compressed>({
  passThrough: { tag: "0", fields: { content: shortBytes } },
  zstd: { tag: "1", fields: { frame: largeBytes } },
});

/**
 * A message as it is put into a batch: compressed unless it is short.
 * @param content at most `decompressedLengthMax` bytes, or readers refuse it
 */
export function compress(content: Uint8Array, zstd: ZstdCompress): Compressed {
  return content.length <= passThroughLengthMax
    ? { type: "passThrough", content }
    : { type: "zstd", frame: zstd(content) };
}

/** @throws DecodeError also when it would be longer than `decompressedLengthMax` */
export function decompress(one: Compressed): Uint8Array {
  return one.type === "passThrough" ? one.content : zstdDecompress(one.frame, decompressedLengthMax);
}

const batch = nonEmptyList(compressed);
const batchTag = 0x58;

/** Whether a message body begins as a batch of compressed messages, or compressed link data, does. */
export function isCompressed(body: Uint8Array): boolean {
  return body[0] === batchTag;
}

/** The messages of a compressed batch, `X` in front included. @throws DecodeError */
export function decodeCompressedBatch(body: Uint8Array): readonly Uint8Array[] {
  return decode(batch, body.subarray(1)).map(decompress);
}

/** A compressed batch of 1 to 255 messages, `X` in front included. */
export function encodeCompressedBatch(messages: readonly Compressed[]): Uint8Array {
  return Uint8Array.of(batchTag, ...encode(batch, messages));
}

/** User data of a link, which are compressed as `X` and a Zstandard frame when that is shorter. */
export function decodeLinkUserData(data: Uint8Array): Uint8Array {
  return isCompressed(data) ? zstdDecompress(data.subarray(1), decompressedLengthMax) : data;
}
