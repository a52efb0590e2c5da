import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError, EncodeError } from "../bytes/index.ts";
import { type BlockLayer, encryptedBlocks, plainBlocks } from "./block.ts";

const sessionId = new Uint8Array(32).fill(1);
const secret = new Uint8Array(32).fill(2);
const chunksOf = (...parts: readonly Uint8Array[]) => ({
  length: parts.reduce((length, part) => length + part.length, 0),
  parts,
});
const content = chunksOf(Uint8Array.of(1, 2), Uint8Array.of(3));

function pair(): readonly [BlockLayer, BlockLayer] {
  return [encryptedBlocks("client", sessionId, secret), encryptedBlocks("server", sessionId, secret)];
}

describe("blocks", () => {
  test("hold what was put into them, encrypted or not, both ways, one after another", () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 16_366 }), { maxLength: 4 });
    fc.assert(
      fc.property(contents, (all) => {
        const [client, server] = pair();
        for (const [from, to] of [
          [client, server],
          [server, client],
          [plainBlocks, plainBlocks],
        ] as const) {
          for (const bytes of all) {
            const block = from.seal(chunksOf(bytes));
            expect(block.length).toBe(16_384);
            expect(to.open(block)).toEqual(bytes);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ["plain", 16_382, plainBlocks],
    ["encrypted", 16_366, pair()[0]],
  ])("%s: hold %i bytes and no more", (_which, lengthMax, layer) => {
    expect(layer.seal(chunksOf(new Uint8Array(lengthMax))).length).toBe(16_384);
    expect(() => layer.seal(chunksOf(new Uint8Array(lengthMax), Uint8Array.of(1)))).toThrow(EncodeError);
  });

  test("are different each time, though the content is the same", () => {
    const [client] = pair();
    expect(client.seal(content)).not.toEqual(client.seal(content));
  });

  test("don't open twice, or out of order, or with the keys of the other direction", () => {
    const [client, server] = pair();
    const [first, second] = [client.seal(content), client.seal(content)];
    expect(() => client.open(first)).toThrow(DecodeError);
    expect(() => server.open(second)).toThrow("block does not decrypt");
    const [again, other] = pair();
    const block = again.seal(content);
    other.open(block);
    expect(() => other.open(block)).toThrow(DecodeError);
  });

  test.each([0, 16, 8000, 16_383])("don't open when byte %i has changed", (at) => {
    const [client, server] = pair();
    const block = client.seal(content);
    block[at] = (block[at] ?? 0) ^ 1;
    expect(() => server.open(block)).toThrow(DecodeError);
  });

  test.each([0, 1, 16_383, 16_385])("of %i bytes don't open", (length) => {
    for (const layer of [plainBlocks, pair()[0]]) {
      expect(() => layer.open(new Uint8Array(length))).toThrow(`block is ${length} bytes`);
    }
  });

  test("that are padded wrongly don't open", () => {
    expect(() => plainBlocks.open(new Uint8Array(16_384).fill(0xff))).toThrow("not padded");
  });
});
