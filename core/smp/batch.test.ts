import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError, EncodeError } from "../bytes/index.ts";
import { decodeBatch, encodeBatch, packBatches } from "./batch.ts";
import { joinChunks } from "./chunks.ts";

const roomMax = 16_384 - 19;
const chunksOf = (bytes: Uint8Array) => ({ length: bytes.length, parts: [bytes] });
const ofLength = (length: number) => chunksOf(new Uint8Array(length));

/** How many blocks it takes to fill each one from the front: the fewest that keep the order. */
function fewestBlocks(lengths: readonly number[]): number {
  let blocks = 0;
  let room = 0;
  let count = 255;
  for (const length of lengths) {
    if (2 + length > room || count === 255) {
      blocks++;
      room = roomMax;
      count = 0;
    }
    room -= 2 + length;
    count++;
  }
  return blocks;
}

describe("packBatches", () => {
  test("keeps the order, fits every block, and takes the fewest blocks", () => {
    const lengths = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: roomMax - 2 })),
      {
        maxLength: 600,
      },
    );
    fc.assert(
      fc.property(lengths, (all) => {
        const transmissions = all.map(ofLength);
        const batches = packBatches(transmissions).map((batch) => {
          if (batch.type === "large") throw new Error("it fits");
          return batch.transmissions;
        });
        expect(batches.flat()).toEqual(transmissions);
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(255);
          expect(encodeBatch(batch).length).toBeLessThanOrEqual(1 + roomMax);
        }
        expect(batches.length).toBe(fewestBlocks(all));
      }),
    );
  });

  test("sets aside what fits into no block, and sends the rest in order", () => {
    const small = ofLength(10);
    const other = ofLength(20);
    const large = ofLength(roomMax - 1);
    expect(packBatches([small, large, other])).toEqual([
      { type: "batch", transmissions: [small] },
      { type: "large", transmission: large },
      { type: "batch", transmissions: [other] },
    ]);
  });

  test("gives no batch for nothing", () => {
    expect(packBatches([])).toEqual([]);
  });
});

describe("encodeBatch", () => {
  test("takes 1 to 255 transmissions, none longer than a block", () => {
    const small = ofLength(1);
    expect(() => encodeBatch([])).toThrow(EncodeError);
    expect(() => encodeBatch(Array<typeof small>(256).fill(small))).toThrow(EncodeError);
    expect(() => encodeBatch([ofLength(16_385)])).toThrow(EncodeError);
    expect(encodeBatch(Array<typeof small>(255).fill(small)).length).toBe(1 + 255 * 3);
  });
});

describe("decodeBatch", () => {
  test("gives the transmissions that were encoded, as views", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 500 }), { minLength: 1, maxLength: 255 }), (all) => {
        const content = joinChunks(encodeBatch(all.map(chunksOf)));
        const decoded = decodeBatch(content);
        expect(decoded).toEqual(all);
        expect(decoded.every(({ buffer }) => buffer === content.buffer)).toBe(true);
      }),
    );
  });

  test.each([
    ["no bytes", []],
    ["no transmissions", [0]],
    ["fewer transmissions than counted", [2, 0, 1, 65]],
    ["a transmission longer than the content", [1, 0, 2, 65]],
    ["bytes after the last transmission", [1, 0, 1, 65, 0]],
  ])("refuses %s", (_what, content) => {
    expect(() => decodeBatch(Uint8Array.from(content))).toThrow(DecodeError);
  });
});
