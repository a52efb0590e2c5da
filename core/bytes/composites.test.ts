import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testCodec } from "../testing/codec-table.ts";
import { type Codec, decode } from "./codec.ts";
import { list, many, maybe, nonEmptyList, struct, tuple } from "./composites.ts";
import type { DecodeError } from "./errors.ts";
import { bool, shortText, word8, word16 } from "./primitives.ts";

interface Point {
  readonly x: number;
  readonly visible: boolean | undefined;
}

const point: Codec<Point> = struct<Point>({ x: word16, visible: maybe(bool) });
const words = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 255 });

describe("composites", () => {
  testCodec("maybe", maybe(word16), {
    correct: [
      [undefined, "30"],
      [1, "310001"],
    ],
    badBytes: ["", "00", "32", "3000", "31"],
    any: fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
  });
  testCodec("list", list(word16), {
    correct: [
      [[], "00"],
      [[1, 2], "0200010002"],
    ],
    badValues: [Array<number>(256).fill(0), [65_536]],
    badBytes: ["", "01", "02000100", "000001"],
    any: words,
  });
  testCodec("nonEmptyList", nonEmptyList(word8), {
    correct: [[[7], "0107"]],
    badValues: [[]],
    badBytes: ["00", "0201"],
  });
  testCodec("many", many(word16), {
    correct: [
      [[], ""],
      [[1, 2], "00010002"],
    ],
    badBytes: ["00", "000100"],
    any: words,
  });
  testCodec("tuple", tuple<[number, string]>(word8, shortText), {
    correct: [[[1, "a"], "010161"]],
    badValues: [[256, "a"]],
    badBytes: ["01", "01016161"],
    any: fc.tuple(fc.integer({ min: 0, max: 255 }), fc.string({ maxLength: 60 })),
  });
  testCodec("struct", point, {
    correct: [[{ x: 258, visible: true }, "01023154"]],
    badValues: [{ x: -1, visible: undefined }],
    badBytes: ["0102", "010231"],
  });

  test("a tuple of another length can't be encoded", () => {
    const codec = tuple<readonly number[]>(word8, word8);
    expect(() => codec.encode(undefined as never, [1])).toThrow("1 items are not 2");
  });

  test("an error names the field, through all that encloses it, and the offset", () => {
    const codec = struct<{ points: readonly Point[] }>({ points: list(point) });
    let error: DecodeError | undefined;
    try {
      decode(codec, Uint8Array.of(2, 0, 1, 0x30, 0, 2, 0x31, 0x58));
    } catch (thrown) {
      error = thrown as DecodeError;
    }
    expect(error).toMatchObject({ path: "points.[1].visible", offset: 8 });
    expect(error?.message).toBe("cannot decode points.[1].visible at 8: bool is neither T nor F");
  });
});
