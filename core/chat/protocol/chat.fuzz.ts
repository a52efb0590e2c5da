import { concat, utf8Encode } from "../../bytes/index.ts";
import type { FuzzTarget } from "../../testing/fuzz.ts";
import { zstdCompress } from "../node/zstd.ts";
import { decodeBody } from "./body.ts";
import { compress, decodeLinkUserData, encodeCompressedBatch } from "./compressed.ts";

const text = utf8Encode(
  '{"v":"1-16","msgId":"AAEC","event":"x.msg.new","params":{"content":{"type":"text","text":"hi"},"ttl":5}}',
);
const long = utf8Encode(
  `{"event":"x.info","params":{"profile":{"displayName":"${"a".repeat(300)}","fullName":""}}}`,
);

const batch = encodeCompressedBatch([text, long].map((one) => compress(one, zstdCompress)));
const linkData = concat(utf8Encode("X"), zstdCompress(long));

export const targets: readonly FuzzTarget[] = [
  { name: "chat-body", run: decodeBody, seeds: [text, long, batch] },
  { name: "chat-link-data", run: decodeLinkUserData, seeds: [linkData] },
];
