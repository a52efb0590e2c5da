import fc from "fast-check";
import { expect, test } from "vitest";
import { BlockAssembler } from "./assembler.ts";
import { blockLength } from "./transport.ts";

const stream = Uint8Array.from({ length: 3 * blockLength }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

test("blocks are the same however the stream is cut", () => {
  const cuts = fc.array(fc.nat({ max: stream.length }), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, fc.nat({ max: blockLength - 1 }), (at, extra) => {
      const assembler = new BlockAssembler();
      const blocks: Uint8Array[] = [];
      const total = stream.length - extra;
      const edges = [0, ...at.filter((cut) => cut < total), total].sort((a, b) => a - b);
      edges.forEach((edge, i) => {
        assembler.push(stream.subarray(edge, edges[i + 1] ?? edge), (block) => blocks.push(block.slice()));
      });
      const whole = Math.floor(total / blockLength);
      expect(blocks).toHaveLength(whole);
      blocks.forEach((block, i) => {
        expect(Buffer.compare(block, stream.subarray(i * blockLength, (i + 1) * blockLength))).toBe(0);
      });
      expect(assembler.pending).toBe(total - whole * blockLength);
    }),
    { numRuns: 50 },
  );
});

test("a chunk that is a block is passed on without a copy", () => {
  const chunk = stream.subarray(0, blockLength);
  let passed: Uint8Array | undefined;
  new BlockAssembler().push(chunk, (block) => {
    passed = block;
  });
  expect(passed?.buffer).toBe(chunk.buffer);
});
