import { utf8Encode } from "../../bytes/index.ts";
import type { FuzzTarget } from "../../testing/fuzz.ts";
import { decodeBody } from "./body.ts";
import { decodeLinkUserData, encodeCompressedBatch } from "./compressed.ts";

const text = utf8Encode(
  '{"v":"1-16","msgId":"AAEC","event":"x.msg.new","params":{"content":{"type":"text","text":"hi"},"ttl":5}}',
);
const long = utf8Encode(
  `{"event":"x.info","params":{"profile":{"displayName":"${"a".repeat(300)}","fullName":""}}}`,
);

export const targets: readonly FuzzTarget[] = [
  { name: "chat-body", run: decodeBody, seeds: [text, long, encodeCompressedBatch([text, long])] },
  { name: "chat-link-data", run: decodeLinkUserData, seeds: [encodeCompressedBatch([long])] },
];
