import { DecodeError } from "../../bytes/index.ts";
import {
  anyObject,
  asObject,
  integer,
  type Json,
  type JsonCodec,
  type JsonObject,
  type JsonValue,
  object,
  oneOf,
  optional,
  string,
} from "../json/json.ts";

const preview = object({
  uri: string,
  title: string,
  description: string,
  image: string,
  content: optional(anyObject),
});

const codecs = {
  text: object({ type: oneOf("text"), text: string }),
  link: object({ type: oneOf("link"), text: string, preview }),
  image: object({ type: oneOf("image"), text: string, image: string }),
  video: object({ type: oneOf("video"), text: string, image: string, duration: integer }),
  voice: object({ type: oneOf("voice"), text: string, duration: integer }),
  file: object({ type: oneOf("file"), text: string }),
  report: object({ type: oneOf("report"), text: string, reason: string }),
  chat: object({ type: oneOf("chat"), text: string, chatLink: anyObject }),
};

type KnownContent = { [K in keyof typeof codecs]: JsonValue<(typeof codecs)[K]> }[keyof typeof codecs];

/** Content of a type that we don't know: `json` is all of it, `text` what can be shown (perhaps nothing). */
export interface UnknownContent {
  readonly type: "unknown";
  readonly text: string;
  readonly json: JsonObject;
}

/** What a message says. Specification: SimpleX Chat protocol, "Message content". */
export type MessageContent = KnownContent | UnknownContent;

/** Types that we don't know are kept whole, so that they can be shown later or passed on. */
export const messageContent: JsonCodec<MessageContent> = {
  decode(value) {
    const json = asObject(value);
    const { type } = json;
    if (typeof type !== "string") throw new DecodeError("property is missing or not a string").within("type");
    const codec = Object.hasOwn(codecs, type) ? codecs[type as keyof typeof codecs] : undefined;
    if (codec !== undefined) return codec.decode(json);
    return { type: "unknown", text: typeof json["text"] === "string" ? json["text"] : "", json };
  },
  encode(value): Json {
    if (value.type === "unknown") return value.json;
    const codec: JsonCodec<unknown> = codecs[value.type];
    return codec.encode(value);
  },
};
