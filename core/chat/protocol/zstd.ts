import { decompress as decompressFrame } from "fzstd";
import { concat, DecodeError, Reader } from "../../bytes/index.ts";

const frameMagic = 0xfd2fb528;
const rawBlockMax = 128 * 1024;

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

/**
 * A Zstandard frame with the content as it is, in raw blocks: what every decoder reads, without a compressor.
 * @param content fewer than 2^32 bytes
 */
export function zstdStore(content: Uint8Array): Uint8Array {
  const header = new Uint8Array(9);
  const view = new DataView(header.buffer);
  view.setUint32(0, frameMagic, true);
  view.setUint8(4, 0b1010_0000); // single segment, content length in 4 bytes
  view.setUint32(5, content.length, true);
  const blocks: Uint8Array[] = [];
  for (let start = 0; start === 0 || start < content.length; start += rawBlockMax) {
    const block = content.subarray(start, start + rawBlockMax);
    const last = start + rawBlockMax >= content.length ? 1 : 0;
    const size = (block.length << 3) | last;
    blocks.push(Uint8Array.of(size, size >> 8, size >> 16), block);
  }
  return concat(header, ...blocks);
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
