import { describe, expect, test } from "vitest";
import { concat, utf8Encode } from "../../bytes/index.ts";
import { zstdCompress } from "../node/zstd.ts";
import { decodeBody, encodeBinaryBody } from "./body.ts";
import { compress, decompressedLengthMax, encodeCompressedBatch } from "./compressed.ts";
import { type ChatMessage, decodeChatMessage, encodeChatMessage } from "./message.ts";
import { chatVersions } from "./version-range.ts";

function message(text: string): ChatMessage {
  return {
    versions: chatVersions,
    msgId: Uint8Array.of(1, 2, 3),
    event: { event: "x.msg.new", params: { content: { type: "text", text } } },
  };
}

function compressedBatch(...messages: readonly Uint8Array[]): Uint8Array {
  return encodeCompressedBatch(messages.map((one) => compress(one, zstdCompress)));
}

describe("a message body", () => {
  test("of one message is read back as it was written", () => {
    const one = message("hello");
    expect(decodeChatMessage(encodeChatMessage(one))).toEqual(one);
    expect(decodeBody(encodeChatMessage(one))).toEqual([{ type: "message", message: one }]);
  });

  test("of compressed messages gives all of them, short and long", () => {
    const messages = [message("short"), message("long ".repeat(1000))];
    const body = compressedBatch(...messages.map(encodeChatMessage));
    expect(decodeBody(body)).toEqual(messages.map((one) => ({ type: "message", message: one })));
  });

  test("of an unknown event keeps it whole", () => {
    const [part] = decodeBody(utf8Encode('{"v":"1-99","event":"x.later","params":{"a":[1,{"b":null}]}}'));
    expect(part).toEqual({
      type: "message",
      message: {
        versions: { min: 1, max: 99 },
        event: { event: "unknown", name: "x.later", params: { a: [1, { b: null }] } },
      },
    });
  });

  test("of a file's part is told apart", () => {
    expect(decodeBody(encodeBinaryBody(utf8Encode("part")))).toEqual([
      { type: "binary", tag: "F", msgId: undefined, body: utf8Encode("part") },
    ]);
  });

  test("that can't be read is an error in its place, and never thrown", () => {
    const bad = [
      new Uint8Array(),
      utf8Encode("{"),
      utf8Encode("null"),
      utf8Encode('{"event":"x.ok"}'),
      utf8Encode("X"),
      Uint8Array.of(0x58, 1, 0x31, 0, 4, 0x28, 0xb5, 0x2f, 0xfd),
      Uint8Array.of(0xff, 0xfe),
    ];
    for (const body of bad) expect(decodeBody(body).map(({ type }) => type)).toEqual(["error"]);
    const good = encodeChatMessage(message("a"));
    const mixed = concat(utf8Encode("[1,"), good, utf8Encode("]"));
    expect(decodeBody(mixed).map(({ type }) => type)).toEqual(["error", "message"]);
  });

  test("with a batch in a batch in a batch is not followed down", () => {
    const inner = compressedBatch(encodeChatMessage(message("a")));
    expect(decodeBody(compressedBatch(inner)).map(({ type }) => type)).toEqual(["error"]);
  });

  test("that would grow beyond the bound when decompressed is refused, and at the bound it is read", () => {
    const overhead = encodeChatMessage(message("")).length;
    const [longest, longer] = [0, 1].map((more) =>
      message("x".repeat(decompressedLengthMax - overhead + more)),
    );
    if (longest === undefined || longer === undefined) throw new Error("no messages");
    expect(decodeBody(compressedBatch(encodeChatMessage(longest)))).toEqual([
      { type: "message", message: longest },
    ]);
    expect(decodeBody(compressedBatch(encodeChatMessage(longer)))).toMatchObject([
      { error: { reason: "compressed data are longer than 65536 bytes" } },
    ]);
    // A frame whose header states a length of 16,777,217 bytes.
    const bomb = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 1, 0, 1, 0, 1, 0, 0);
    const [part] = decodeBody(concat(Uint8Array.of(0x58, 1, 0x31, 0, bomb.length), bomb));
    expect(part).toMatchObject({ error: { reason: "compressed data are longer than 65536 bytes" } });
  });
});
