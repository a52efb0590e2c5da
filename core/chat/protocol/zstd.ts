import { decompress as decompressFrame } from "fzstd";
import { DecodeError, Reader } from "../../bytes/index.ts";

const frameMagic = 0xfd2fb528;

/** Makes one Zstandard frame (RFC 8878) that states the length of its content. */
export type ZstdCompress = (content: Uint8Array) => Uint8Array;

/**
 * The content of one Zstandard frame (RFC 8878).
 * @param lengthMax bytes of content that are accepted; the frame has to state its length
 * @throws DecodeError when it is damaged, longer, or does not state its length
 */
export function zstdDecompress(frame: Uint8Array, lengthMax: number): Uint8Array {
  const length = contentLength(frame);
  if (length === undefined) throw new DecodeError("compressed data don't state their length");
  if (length > lengthMax) throw new DecodeError(`compressed data are longer than ${lengthMax} bytes`);
  let content: Uint8Array;
  try {
    content = decompressFrame(frame, new Uint8Array(length));
  } catch {
    throw new DecodeError("compressed data are damaged");
  }
  if (content.length !== length) throw new DecodeError("compressed data are not of the stated length");
  return content;
}

/** The length that the header of a frame states. RFC 8878, section 3.1.1.1, "Frame_Header". */
function contentLength(frame: Uint8Array): number | undefined {
  const reader = new Reader(frame);
  if (littleEndian(reader, 4) !== frameMagic) throw new DecodeError("not compressed data");
  const descriptor = reader.byte();
  const singleSegment = (descriptor & 0b0010_0000) !== 0;
  const lengthFlag = descriptor >> 6;
  const dictionaryLength = [0, 1, 2, 4][descriptor & 3] ?? 0;
  if (!singleSegment) reader.byte();
  reader.take(dictionaryLength);
  if (lengthFlag === 0) return singleSegment ? reader.byte() : undefined;
  return lengthFlag === 1 ? littleEndian(reader, 2) + 256 : littleEndian(reader, lengthFlag === 2 ? 4 : 8);
}

function littleEndian(reader: Reader, length: number): number {
  return reader.take(length).reduceRight((value, byte) => value * 256 + byte, 0);
}
