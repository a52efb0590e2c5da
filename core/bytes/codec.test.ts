import { describe, expect, test } from "vitest";
import { testCodec } from "../testing/codec-table.ts";
import { type Codec, decode, deferred, encode, mapped, refined } from "./codec.ts";
import { list, struct } from "./composites.ts";
import { DecodeError } from "./errors.ts";
import { word8 } from "./primitives.ts";

interface Tree {
  readonly children: readonly Tree[];
}

const tree: Codec<Tree> = struct<Tree>({ children: list(deferred(() => tree)) });
const even = refined(word8, (value) => (value % 2 === 0 ? undefined : "number is odd"));

describe("codecs made from others", () => {
  testCodec("refined", even, { correct: [[2, "02"]], badValues: [3], badBytes: ["03", ""] });
  testCodec("mapped", mapped(word8, String, Number), {
    correct: [["7", "07"]],
    badValues: ["300"],
    badBytes: [""],
  });
  testCodec("deferred", tree, {
    correct: [[{ children: [{ children: [] }, { children: [] }] }, "020000"]],
    badBytes: ["", "01", "0200"],
  });

  test("an error of the mapping gets the offset at which its value begins", () => {
    const refuse = mapped(
      word8,
      (): number => {
        throw new DecodeError("never", 99);
      },
      (value) => value,
    );
    const codec = list(refuse);
    expect(() => decode(codec, Uint8Array.of(1, 5))).toThrow("cannot decode [0] at 1: never");
  });

  test("errors that are none of ours pass through", () => {
    const broken = mapped(
      word8,
      (): number => {
        throw new TypeError("bug");
      },
      (value) => value,
    );
    expect(() => decode(list(broken), Uint8Array.of(1, 5))).toThrow(TypeError);
  });

  test("bytes left over are refused", () => {
    expect(() => decode(word8, Uint8Array.of(1, 2, 3))).toThrow("2 bytes are left over");
  });

  test("encodings of two calls don't share memory", () => {
    const first = encode(word8, 1);
    encode(word8, 2);
    expect([...first]).toEqual([1]);
  });
});
