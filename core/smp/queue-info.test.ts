import { describe, expect, test } from "vitest";
import { decode, encode, utf8Decode, utf8Encode } from "../bytes/index.ts";
import { type QueueInfo, queueInfo } from "./queue-info.ts";

const info: QueueInfo = {
  hasSenderKey: true,
  hasNotifier: false,
  subscription: { state: "subThread", deliveredId: undefined },
  size: 2,
  message: { id: "bXNnaWQ=", time: 1_700_000_000, type: "message" },
};
const text =
  '{"qiSnd":true,"qiNtf":false,"qiSub":{"qSubThread":"subThread"},"qiSize":2,"qiMsg":{"msgId":"bXNnaWQ=","msgTs":"2023-11-14T22:13:20Z","msgType":"message"}}';

describe("queueInfo", () => {
  test("is JSON with the properties in the order of the network, without those that are absent", () => {
    expect(utf8Decode(encode(queueInfo, info))).toBe(text);
    expect(decode(queueInfo, utf8Encode(text))).toEqual(info);
  });

  test("reads null as absent, and passes over properties that it does not know", () => {
    const other = '{"qiMsg":null,"later":[1],"qiSub":null,"qiSize":0,"qiNtf":true,"qiSnd":false}';
    expect(decode(queueInfo, utf8Encode(other))).toEqual({
      hasSenderKey: false,
      hasNotifier: true,
      subscription: undefined,
      size: 0,
      message: undefined,
    });
  });

  test.each([
    "",
    "null",
    "[]",
    '{"qiSnd":true,"qiNtf":false}',
    text.replace("subThread", "other"),
    text.replace("2023-11-14T22:13:20Z", "yesterday"),
    text.replace("2023-11-14T22:13:20Z", "2023-99-99T22:13:20Z"),
    text.replace('"message"}}', '"other"}}'),
    `${text}}`,
  ])("refuses %s", (bad) => {
    expect(() => decode(queueInfo, utf8Encode(bad))).toThrow("cannot decode");
  });
});
