import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testCodec } from "../testing/codec-table.ts";
import { decode, encode } from "./codec.ts";
import {
  bool,
  char,
  fixedBytes,
  int64,
  largeBytes,
  largeText,
  literal,
  seconds,
  shortBytes,
  shortBytesOf,
  shortText,
  tail,
  word8,
  word16,
  word32,
} from "./primitives.ts";

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

describe("numbers", () => {
  testCodec("word8", word8, {
    correct: [
      [0, "00"],
      [255, "ff"],
    ],
    badValues: [-1, 256, 0.5, Number.NaN],
    badBytes: ["", "0000"],
    any: fc.integer({ min: 0, max: 255 }),
  });
  testCodec("word16", word16, {
    correct: [
      [1, "0001"],
      [65_535, "ffff"],
    ],
    badValues: [-1, 65_536, 1.5],
    badBytes: ["", "00", "000000"],
    any: fc.integer({ min: 0, max: 65_535 }),
  });
  testCodec("word32", word32, {
    correct: [
      [1, "00000001"],
      [4_294_967_295, "ffffffff"],
    ],
    badValues: [-1, 4_294_967_296],
    badBytes: ["", "000000", "0000000000"],
    any: fc.nat({ max: 0xffff_ffff }),
  });
  testCodec("int64", int64, {
    correct: [
      [1n, "0000000000000001"],
      [-1n, "ffffffffffffffff"],
    ],
    badValues: [2n ** 63n, -(2n ** 63n) - 1n],
    badBytes: ["", "00000000000000"],
    any: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  });
  testCodec("seconds", seconds, {
    correct: [
      [-1, "ffffffffffffffff"],
      [1_700_000_000, "000000006553f100"],
    ],
    badValues: [0.5, 2 ** 53],
    badBytes: ["00000000", "7fffffffffffffff"],
    any: fc.maxSafeInteger(),
  });
});

describe("characters", () => {
  testCodec("char", char, {
    correct: [
      ["A", "41"],
      ["\u00ff", "ff"],
    ],
    badValues: ["", "ab", "\u0100"],
    badBytes: ["", "4142"],
  });
  testCodec("bool", bool, {
    correct: [
      [true, "54"],
      [false, "46"],
    ],
    badBytes: ["", "01", "74", "5454"],
  });
  testCodec("literal", literal("AB"), {
    correct: [[undefined, "4142"]],
    badBytes: ["", "41", "4143", "414243"],
  });
});

describe("byte strings", () => {
  testCodec("shortBytes", shortBytes, {
    correct: [
      [new Uint8Array(0), "00"],
      [Uint8Array.of(1, 2), "020102"],
    ],
    badValues: [new Uint8Array(256)],
    badBytes: ["", "01", "020102ff"],
    any: bytes(255),
  });
  testCodec("largeBytes", largeBytes, {
    correct: [[Uint8Array.of(1, 2), "00020102"]],
    badValues: [new Uint8Array(65_536)],
    badBytes: ["", "00", "000201", "00000a"],
    any: bytes(600),
  });
  testCodec("fixedBytes", fixedBytes(3), {
    correct: [[Uint8Array.of(1, 2, 3), "010203"]],
    badValues: [new Uint8Array(2), new Uint8Array(4)],
    badBytes: ["0102", "01020304"],
  });
  testCodec("shortBytesOf", shortBytesOf(2), {
    correct: [[Uint8Array.of(1, 2), "020102"]],
    badValues: [new Uint8Array(1)],
    badBytes: ["0101", "03010203"],
  });
  testCodec("tail", tail, {
    correct: [
      [new Uint8Array(0), ""],
      [Uint8Array.of(9), "09"],
    ],
    badBytes: [],
    any: bytes(64),
  });
  testCodec("shortText", shortText, {
    correct: [["z\u0142", "037ac582"]],
    badValues: ["\u4f60".repeat(86)],
    badBytes: ["02c328", "02c080", "0561"],
    any: fc.string({ unit: "binary", maxLength: 60 }),
  });
  testCodec("largeText", largeText, {
    correct: [["a", "000161"]],
    badValues: ["a".repeat(65_536)],
    badBytes: ["0002c328"],
    any: fc.string({ unit: "binary", maxLength: 300 }),
  });

  test("what is decoded is a view of the input, not a copy", () => {
    const input = Uint8Array.of(2, 7, 8);
    expect(decode(shortBytes, input).buffer).toBe(input.buffer);
  });

  test("an input that is a view of a larger array is read from its own start", () => {
    const large = encode(shortBytes, Uint8Array.of(5, 6));
    const shifted = new Uint8Array(10);
    shifted.set(large, 4);
    expect([...decode(shortBytes, shifted.subarray(4, 7))]).toEqual([5, 6]);
  });
});
