import { decode, encode, utf8Decode } from "../bytes/index.ts";
import type { Json, JsonCodec } from "../chat/json/json.ts";
import { parseJson } from "../chat/json/json.ts";
import { type BodyPart, decodeBody, encodeBinaryBody } from "../chat/protocol/body.ts";
import { compressed, decodeLinkUserData } from "../chat/protocol/compressed.ts";
import { hasNotification } from "../chat/protocol/events.ts";
import { type FileChunk, fileChunkBody } from "../chat/protocol/file-chunk.ts";
import { chatMessage, decodeChatMessage } from "../chat/protocol/message.ts";
import { contactLinkData, groupLinkData } from "../chat/protocol/profile.ts";
import { zstdDecompress, zstdStore } from "../chat/protocol/zstd.ts";
import {
  array,
  expectBytes,
  expectFailure,
  expectSame,
  flag,
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
  if (!flag(output["decodes"])) {
    expectFailure(() => decodeChatMessage(body));
    return;
  }
  const message = decodeChatMessage(body);
  expectSame(chatMessage.encode(message), output["reencodedJson"], "reencoded");
  expectSame(hasNotification(message.event), output["hasNotification"], "hasNotification");
  expectSame(message.event.event !== "unknown", output["known"], "known");
}

function describePart(part: BodyPart): unknown {
  if (part.type === "error") return "error";
  if (part.type === "binary") return { event: part.tag, binaryBody: part.body };
  return chatMessage.encode(part.message);
}

function expectParts(body: Uint8Array, expected: unknown): void {
  const due = array(expected).map((one) => {
    const part = object(one);
    if (part["error"] !== undefined) return "error";
    return part["reencodedJson"] ?? part;
  });
  expectSame(decodeBody(body).map(describePart), due, "messages");
}

function checkLinkData(codec: JsonCodec<unknown>): (vector: Vector) => void {
  return ({ input, output }) => {
    const value: Json = parseJson(utf8Decode(decodeLinkUserData(hex(input["data"]))));
    expectSame(codec.encode(codec.decode(value)), output["reencodedJson"], "reencoded");
  };
}

export const checks: VectorChecks = {
  chatMessage: checkMessage,
  chatBatch: ({ input, output }) => expectParts(hex(input["body"]), output["messages"]),
  zstd: ({ input, output }) => {
    const content = zstdDecompress(hex(input["compressed"]), lengthMax);
    expectBytes(content, output["decompressed"], "decompressed");
    expectBytes(zstdDecompress(zstdStore(content), lengthMax), output["decompressed"], "stored");
  },
  compressed: ({ input, output }) => {
    const message = hex(input["message"]);
    const ours = encode(compressed, message);
    expectSame(ours[0], hex(output["tag"])[0], "tag");
    expectBytes(decode(compressed, ours), input["message"], "our encoding");
    expectBytes(decode(compressed, hex(output["encoded"])), input["message"], "their encoding");
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
