import { type Codec, EncodeError, shortBytes, struct, tail } from "../../bytes/index.ts";

/** A part of a small file that comes in the conversation itself, or the news that no more will come. */
export type FileChunk =
  | { readonly type: "chunk"; readonly number: number; readonly bytes: Uint8Array }
  | { readonly type: "cancel" };

const numberMax = 255;

/** The number of the chunk in 1 byte, from 1, and its bytes; number 0 cancels. */
const chunk: Codec<FileChunk> = {
  encode(writer, value) {
    if (value.type === "cancel") return writer.byte(0);
    if (value.number < 1 || value.number > numberMax)
      throw new EncodeError("chunk", "number is not 1 to 255");
    writer.byte(value.number);
    tail.encode(writer, value.bytes);
  },
  decode(reader) {
    const number = reader.byte();
    if (number > 0) return { type: "chunk", number, bytes: reader.rest() };
    return { type: "cancel" };
  },
};

/** The binary body of a file chunk: the id of the file's message, and the chunk. */
export const fileChunkBody = struct({ fileId: shortBytes, chunk });
