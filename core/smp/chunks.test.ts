import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Writer } from "../bytes/index.ts";
import { ChunkWriter, joinChunks, writeChunks } from "./chunks.ts";

const pieces = fc.array(fc.oneof(fc.nat(255), fc.uint8Array({ maxLength: 600 })), { maxLength: 20 });

describe("ChunkWriter", () => {
  test("writes the same as a writer, in parts", () => {
    fc.assert(
      fc.property(pieces, (values) => {
        const plain = new Writer();
        const chunked = new ChunkWriter();
        for (const value of values) {
          for (const writer of [plain, chunked]) {
            if (typeof value === "number") writer.byte(value);
            else writer.bytes(value);
          }
          expect(chunked.length).toBe(plain.length);
        }
        const chunks = chunked.chunks();
        expect(joinChunks(chunks)).toEqual(plain.written());
        expect(chunks.parts.every((part) => part.length > 0 || chunks.length === 0)).toBe(true);
        const target = new Uint8Array(chunks.length + 1).fill(7);
        writeChunks(target, chunks);
        expect(target).toEqual(Uint8Array.of(...plain.written(), 7));
      }),
    );
  });

  test("keeps large byte strings where they are", () => {
    const large = new Uint8Array(16_000);
    const writer = new ChunkWriter();
    writer.byte(1);
    writer.bytes(large);
    expect(writer.chunks().parts).toContain(large);
  });
});
