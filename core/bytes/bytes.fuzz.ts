import type { FuzzTarget } from "../testing/fuzz.ts";
import { base64urlDecode } from "./base64url.ts";
import { type Codec, decode, encode } from "./codec.ts";
import { list, many, maybe, nonEmptyList, struct } from "./composites.ts";
import { hexDecode } from "./hex.ts";
import { bool, char, int64, largeText, seconds, shortBytes, tail, word16, word32 } from "./primitives.ts";
import { latin1Decode, utf8Encode } from "./text.ts";
import { parseUtcTime } from "./time.ts";
import { union } from "./union.ts";
import { parseVersionRange, versionRange } from "./version.ts";

type Item =
  | { readonly type: "number"; readonly value: bigint; readonly time: number }
  | { readonly type: "text"; readonly text: string; readonly flags: readonly boolean[] };

interface Everything {
  readonly range: { readonly min: number; readonly max: number };
  readonly letter: string;
  readonly size: number;
  readonly keys: readonly Uint8Array[];
  readonly items: readonly Item[];
  readonly extra: readonly number[] | undefined;
  readonly rest: Uint8Array;
}

const item: Codec<Item> = union<Item>({
  number: { tag: "N", fields: { value: int64, time: seconds } },
  text: { tag: "TX", fields: { text: largeText, flags: list(bool) } },
});

const everything: Codec<Everything> = struct<Everything>({
  range: versionRange,
  letter: char,
  size: word32,
  keys: nonEmptyList(shortBytes),
  items: list(item),
  extra: maybe(nonEmptyList(word16)),
  rest: tail,
});

const seed = encode(everything, {
  range: { min: 6, max: 18 },
  letter: "M",
  size: 7,
  keys: [Uint8Array.of(1, 2), new Uint8Array(0)],
  items: [
    { type: "number", value: -1n, time: 1_700_000_000 },
    { type: "text", text: "z\u0142oto", flags: [true, false] },
  ],
  extra: [1, 2],
  rest: Uint8Array.of(9),
});

const text = (parse: (input: string) => unknown) => (input: Uint8Array) => parse(latin1Decode(input));

export const targets: readonly FuzzTarget[] = [
  { name: "bytes/everything", run: (input) => decode(everything, input), seeds: [seed] },
  {
    name: "bytes/many",
    run: (input) => decode(many(shortBytes), input),
    seeds: [Uint8Array.of(1, 7, 0, 2, 8, 9)],
  },
  { name: "bytes/base64url", run: text(base64urlDecode), seeds: ["Zm9vYg==", "-_8="].map(utf8Encode) },
  { name: "bytes/hex", run: text(hexDecode), seeds: ["00ff10", "AbCd"].map(utf8Encode) },
  { name: "bytes/version-range", run: text(parseVersionRange), seeds: ["6-18", "1"].map(utf8Encode) },
  { name: "bytes/time", run: text(parseUtcTime), seeds: [utf8Encode("2024-01-02T03:04:05.123456Z")] },
];
