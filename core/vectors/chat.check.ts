import { decode, encode, utf8Decode, utf8Encode } from "../bytes/index.ts";
import { asObject, type JsonCodec, parseJson } from "../chat/json/json.ts";
import { zstdCompress } from "../chat/node/zstd.ts";
import { type BodyPart, decodeBody, encodeBinaryBody } from "../chat/protocol/body.ts";
import { compress, compressed, decodeLinkUserData, decompress } from "../chat/protocol/compressed.ts";
import { hasNotification } from "../chat/protocol/events.ts";
import { type FileChunk, fileChunkBody } from "../chat/protocol/file-chunk.ts";
import { chatMessage, decodeChatMessage } from "../chat/protocol/message.ts";
import { contactLinkData, groupLinkData } from "../chat/protocol/profile.ts";
import { zstdDecompress } from "../chat/protocol/zstd.ts";
import type { Unchecked } from "./files.ts";
import {
  array,
  expectBytes,
  expectDecoded,
  expectSame,
  hex,
  integer,
  object,
  optional,
  text,
  type Vector,
  type VectorChecks,
} from "./vectors.ts";

const lengthMax = 65_536;

function checkMessage({ input, output }: Vector): void {
  const body = hex(input["body"]);
  expectBytes(utf8Encode(text(input["text"])), input["body"], "text");
  expectDecoded(
    output,
    () => decodeChatMessage(body),
    (message) => {
      const { event } = message;
      const json = chatMessage.encode(message);
      expectSame(json, output["reencodedJson"], "reencoded");
      expectSame(json, parseJson(text(output["reencoded"])), "reencoded text");
      expectSame(event.event === "unknown" ? event.name : event.event, output["event"], "event");
      expectSame(event.event !== "unknown", output["known"], "known");
      expectSame(hasNotification(event), output["hasNotification"], "hasNotification");
    },
  );
}

function describePart(part: BodyPart): unknown {
  if (part.type === "error") return "error";
  if (part.type === "binary") return { event: part.tag, binaryBody: part.body };
  const json = asObject(chatMessage.encode(part.message));
  return { event: json["event"], reencodedJson: json };
}

function expectParts(body: Uint8Array, expected: unknown): void {
  const due = array(expected).map((part) => ("error" in object(part) ? "error" : part));
  expectSame(decodeBody(body).map(describePart), due, "messages");
}

function checkLinkData(codec: JsonCodec<unknown>): (vector: Vector) => void {
  return ({ input, output }) => {
    const json = utf8Decode(decodeLinkUserData(hex(input["data"])));
    optional(input["text"], (due) => expectSame(json, due, "text"));
    expectDecoded(
      output,
      () => codec.decode(parseJson(json)),
      (value) => expectSame(codec.encode(value), output["reencodedJson"], "reencoded"),
    );
  };
}

export const checks: VectorChecks = {
  chatMessage: checkMessage,
  chatBatch: ({ input, output }) => expectParts(hex(input["body"]), output["messages"]),
  zstd: ({ input, output }) => {
    const content = zstdDecompress(hex(input["compressed"]), lengthMax);
    expectBytes(content, output["decompressed"], "decompressed");
    expectSame(content.length, output["decompressedSize"], "decompressedSize");
    expectBytes(zstdDecompress(zstdCompress(content), lengthMax), output["decompressed"], "compressed");
  },
  compressed: ({ input, output }) => {
    const message = hex(input["message"]);
    const ours = encode(compressed, compress(message, zstdCompress));
    expectSame(ours[0], hex(output["tag"])[0], "tag");
    expectBytes(decompress(decode(compressed, ours)), input["message"], "our encoding");
    expectBytes(decompress(decode(compressed, hex(output["encoded"]))), input["message"], "their encoding");
  },
  binaryMessage: ({ input, output }) => {
    const number = optional(input["chunkNo"], integer);
    const chunk: FileChunk =
      number === undefined ? { type: "cancel" } : { type: "chunk", number, bytes: hex(input["chunkBytes"]) };
    const fileId = hex(input["sharedMsgId"]);
    const body = encode(fileChunkBody, { fileId, chunk });
    expectBytes(body, output["eventBody"], "body");
    expectSame(decode(fileChunkBody, body), { fileId, chunk }, "decoded body");
    expectBytes(encodeBinaryBody(body), text(output["encoded"]), "encoded");
    expectParts(hex(output["encoded"]), output["messages"]);
  },
  contactShortLinkData: checkLinkData(contactLinkData),
  groupShortLinkData: checkLinkData(groupLinkData),
};

const parserText = "the text is that of the reference's JSON parser";

export const unchecked: Unchecked = {
  "chatMessage: output.error": parserText,
  "chatBatch: output.messages.*.error": parserText,
};
