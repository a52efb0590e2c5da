import { zstdCompressSync } from "node:zlib";
import type { ZstdCompress } from "../protocol/zstd.ts";

/** Compresses with the runtime's own Zstandard, at its default level (3, as the reference does). */
export const zstdCompress: ZstdCompress = (content) =>
  // Readers refuse a frame that does not state the length of its content: it is said beforehand.
  new Uint8Array(zstdCompressSync(content, { pledgedSrcSize: content.length }));
