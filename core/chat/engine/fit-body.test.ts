import { expect, test } from "vitest";
import { utf8Encode } from "../../bytes/index.ts";
import { systemRandom } from "../../crypto/random.ts";
import { zstdCompress } from "../node/zstd.ts";
import { decodeCompressedBatch } from "../protocol/compressed.ts";
import { fitBody, type Room } from "./fit-body.ts";

const lengthMax = 13_573;
const room: Room = { lengthMax, readsCompressed: true, zstd: zstdCompress };

function tooLong(body: Uint8Array, limit: number): unknown {
  return expect.objectContaining({
    name: "ChatError",
    code: "tooLong",
    message: expect.stringMatching(new RegExp(`^This message has ${body.length} bytes.* ${limit} `)),
  });
}

test("a body that fits goes as it is, and one byte more is compressed", () => {
  const fits = utf8Encode("x".repeat(lengthMax));
  expect(fitBody(fits, room)).toBe(fits);
  const longer = utf8Encode("x".repeat(lengthMax + 1));
  const packed = fitBody(longer, room);
  expect(packed.length).toBeLessThan(100);
  expect(decodeCompressedBatch(packed)).toEqual([longer]);
});

test("to a client that does not read compressed messages nothing is compressed", () => {
  const old = { ...room, readsCompressed: false };
  const fits = utf8Encode("x".repeat(lengthMax));
  expect(fitBody(fits, old)).toBe(fits);
  const longer = utf8Encode("x".repeat(lengthMax + 1));
  expect(() => fitBody(longer, old)).toThrow(tooLong(longer, lengthMax));
});

test("what readers decompress is the most", () => {
  const longest = utf8Encode("x".repeat(65_536));
  expect(decodeCompressedBatch(fitBody(longest, room))).toEqual([longest]);
  const longer = utf8Encode("x".repeat(65_537));
  expect(() => fitBody(longer, room)).toThrow(tooLong(longer, 65_536));
});

test("what does not compress to the room there is does not fit, to the byte", () => {
  const body = systemRandom(20_000);
  const exact = { ...room, lengthMax: 19_005, zstd: () => body.subarray(0, 19_000) };
  expect(fitBody(body, exact)).toHaveLength(19_005);
  expect(() => fitBody(body, { ...exact, lengthMax: 19_004 })).toThrow(tooLong(body, 19_004));
  // Random bytes grow, beyond what a frame may have in the encoding.
  const random = systemRandom(65_536);
  expect(() => fitBody(random, room)).toThrow(tooLong(random, lengthMax));
});
