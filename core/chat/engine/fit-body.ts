import { ChatError } from "../api.ts";
import { compress, decompressedLengthMax, encodeCompressedBatch } from "../protocol/compressed.ts";
import type { ZstdCompress } from "../protocol/zstd.ts";

/** What a body has to fit into. */
export interface Room {
  /** Bytes that the agent takes for this contact. */
  readonly lengthMax: number;
  /** Whether the contact's client reads compressed messages. */
  readonly readsCompressed: boolean;
  readonly zstd: ZstdCompress;
}

/**
 * A message as it is given to the agent: as it is where it fits, compressed otherwise.
 * Specification: SimpleX Chat protocol, "Compressed format".
 * @param body one message in JSON
 * @returns at most `lengthMax` bytes
 * @throws ChatError tooLong
 */
export function fitBody(body: Uint8Array, { lengthMax, readsCompressed, zstd }: Room): Uint8Array {
  if (body.length <= lengthMax) return body;
  if (!readsCompressed) {
    throw tooLong(body, `${lengthMax} fit, as the contact's client does not read compressed ones`);
  }
  if (body.length > decompressedLengthMax) throw tooLong(body, `${decompressedLengthMax} is the most`);
  const part = compress(body, zstd);
  // A longer frame would not even have an encoding.
  const batch =
    part.type === "zstd" && part.frame.length > lengthMax ? undefined : encodeCompressedBatch([part]);
  if (batch === undefined || batch.length > lengthMax) {
    throw tooLong(body, `it does not compress to the ${lengthMax} that fit`);
  }
  return batch;
}

function tooLong(body: Uint8Array, limit: string): ChatError {
  const size = `${body.length} bytes, with what it quotes and what goes around it`;
  return new ChatError("tooLong", `This message has ${size}; ${limit}. Nothing was sent: send it in parts.`);
}
