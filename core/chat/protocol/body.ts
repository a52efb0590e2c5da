import { DecodeError, decode, encode, shortBytes, struct, tail, utf8Decode } from "../../bytes/index.ts";
import { type Json, parseJson } from "../json/json.ts";
import { decodeCompressedBatch, isCompressed } from "./compressed.ts";
import { type ChatMessage, chatMessage } from "./message.ts";

/** One message of a body: read, a part of a file, or what can't be read and why. */
export type BodyPart =
  | { readonly type: "message"; readonly message: ChatMessage }
  | {
      readonly type: "binary";
      readonly msgId: Uint8Array | undefined;
      readonly tag: string;
      readonly body: Uint8Array;
    }
  | { readonly type: "error"; readonly error: DecodeError };

/** How deep a compressed batch may stand in another. */
const depthMax = 1;

const binaryTag = "F".charCodeAt(0);
const arrayStart = "[".charCodeAt(0);
const binaryMessage = struct({ msgId: shortBytes, body: tail });

/**
 * The messages in a body as it comes from the agent: JSON of one message, an array of them, a batch of compressed
 * ones, or a binary part of a file. Never throws: what can't be read is a part of its own, and the others are there.
 * Specification: SimpleX Chat protocol, "Message format", "Batching and compression".
 */
export function decodeBody(body: Uint8Array): readonly BodyPart[] {
  return partsOf(body, 0);
}

/** The body of a binary message. */
export function encodeBinaryBody(body: Uint8Array): Uint8Array {
  return Uint8Array.of(binaryTag, ...encode(binaryMessage, { msgId: new Uint8Array(), body }));
}

function partsOf(body: Uint8Array, depth: number): readonly BodyPart[] {
  try {
    if (body.length === 0) throw new DecodeError("message is empty");
    if (isCompressed(body)) {
      if (depth >= depthMax) throw new DecodeError("compressed batch in a compressed batch");
      return decodeCompressedBatch(body).flatMap((one) => partsOf(one, depth + 1));
    }
    if (body[0] === binaryTag) return [binaryPart(body.subarray(1))];
    const json = parseJson(utf8Decode(body));
    return body[0] === arrayStart ? (json as readonly Json[]).map(messagePart) : [messagePart(json)];
  } catch (error) {
    return [errorPart(error)];
  }
}

function binaryPart(bytes: Uint8Array): BodyPart {
  const { msgId, body } = decode(binaryMessage, bytes);
  return { type: "binary", tag: "F", msgId: msgId.length === 0 ? undefined : msgId, body };
}

function messagePart(json: Json): BodyPart {
  try {
    return { type: "message", message: chatMessage.decode(json) };
  } catch (error) {
    return errorPart(error);
  }
}

function errorPart(error: unknown): BodyPart {
  if (!(error instanceof DecodeError)) throw error;
  return { type: "error", error };
}
