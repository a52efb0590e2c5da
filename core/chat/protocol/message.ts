import { DecodeError, utf8Decode, utf8Encode, type VersionRange } from "../../bytes/index.ts";
import {
  asObject,
  bytes,
  type Json,
  type JsonCodec,
  type JsonObject,
  parseJson,
  string,
} from "../json/json.ts";
import { eventParams, isKnownEvent, type KnownEvent, type ProtocolEvent } from "./events.ts";
import { versionRange, versionsDefault } from "./version-range.ts";

/** A message of the chat protocol. Specification: SimpleX Chat protocol, "Message format". */
export interface ChatMessage {
  /** The versions of the protocol that the sender speaks. */
  readonly versions: VersionRange;
  /** The id that both sides know the message by. */
  readonly msgId?: Uint8Array;
  readonly event: ProtocolEvent;
}

/** The JSON form of a message. */
export const chatMessage: JsonCodec<ChatMessage> = {
  decode(value) {
    const json = asObject(value);
    const versions = property(json, "v", versionRange) ?? versionsDefault;
    const msgId = property(json, "msgId", bytes);
    const name = property(json, "event", string) ?? missing("event");
    const params = json["params"] ?? missing("params");
    const event = decodeEvent(name, params);
    return msgId === undefined ? { versions, event } : { versions, msgId, event };
  },
  encode({ versions, msgId, event }) {
    const name = event.event === "unknown" ? event.name : event.event;
    const id = msgId === undefined ? {} : { msgId: bytes.encode(msgId) };
    return { v: versionRange.encode(versions), ...id, event: name, params: encodeParams(event) };
  },
};

/** @throws DecodeError when the bytes are not one message in JSON */
export function decodeChatMessage(body: Uint8Array): ChatMessage {
  return chatMessage.decode(parseJson(utf8Decode(body)));
}

/** The bytes of one message, uncompressed. */
export function encodeChatMessage(message: ChatMessage): Uint8Array {
  return utf8Encode(JSON.stringify(chatMessage.encode(message)));
}

function decodeEvent(name: string, params: Json): ProtocolEvent {
  if (!name.startsWith("x.")) throw new DecodeError("not the name of an event").within("event");
  if (!isKnownEvent(name)) return { event: "unknown", name, params: asObject(params) };
  try {
    return { event: name, params: eventParams[name].decode(params) } as KnownEvent;
  } catch (error) {
    throw error instanceof DecodeError ? error.within("params") : error;
  }
}

function encodeParams(event: ProtocolEvent): Json {
  if (event.event === "unknown") return event.params;
  const codec: JsonCodec<unknown> = eventParams[event.event];
  return codec.encode(event.params);
}

function property<T>(json: JsonObject, name: string, codec: JsonCodec<T>): T | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  if (value === undefined || value === null) return undefined;
  try {
    return codec.decode(value);
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}

function missing(name: string): never {
  throw new DecodeError("property is missing").within(name);
}
