/**
 * The few WebAssembly instructions that our code needs, as functions that nest like expressions:
 * `i64.add(get(0), i64.constant(1n))`. Each gives the bytes of its code.
 */
export type Code = readonly number[];

const simdPrefix = 0xfd;

/** Unsigned LEB128. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value !== 0);
  return bytes;
}

/** Signed LEB128. */
function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    const isLast = (value === 0n && (low & 0x40) === 0) || (value === -1n && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

const binary =
  (opcode: number) =>
  (a: Code, b: Code): Code => [...a, ...b, opcode];

const simd = (opcode: number, operands: readonly Code[], immediates: Code = []): Code => [
  ...operands.flat(),
  simdPrefix,
  ...leb(opcode),
  ...immediates,
];

/** Unaligned access at a constant offset from an address. */
const at = (offset: number): Code => [0, ...leb(offset)];

export const get = (local: number): Code => [0x20, ...leb(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...leb(local)];

/** Runs the body as long as the condition, looked at before each turn, is not zero. */
export const loopWhile = (condition: Code, ...body: readonly Code[]): Code => {
  const leaveUnless = [...condition, 0x45, 0x0d, 1];
  return [0x02, 0x40, 0x03, 0x40, ...leaveUnless, ...body.flat(), 0x0c, 0, 0x0b, 0x0b];
};

export const i32 = {
  constant: (value: number): Code => [0x41, ...signedLeb(BigInt(value))],
  add: binary(0x6a),
  subtract: binary(0x6b),
  lessUnsigned: binary(0x49),
} as const;

export const i64 = {
  constant: (value: bigint): Code => [0x42, ...signedLeb(value)],
  load: (address: Code, offset: number): Code => [...address, 0x29, ...at(offset)],
  store: (address: Code, offset: number, value: Code): Code => [...address, ...value, 0x37, ...at(offset)],
  add: binary(0x7c),
  subtract: binary(0x7d),
  multiply: binary(0x7e),
  and: binary(0x83),
  or: binary(0x84),
  xor: binary(0x85),
  shiftLeft: binary(0x86),
  shiftRight: binary(0x88),
  lessUnsigned: binary(0x54),
  fromI32: (value: Code): Code => [...value, 0xad],
} as const;

/** Vectors of 16 bytes, mostly taken as four 32-bit words. */
export const v128 = {
  load: (address: Code, offset: number): Code => simd(0, [address], at(offset)),
  loadSplat32: (address: Code, offset: number): Code => simd(9, [address], at(offset)),
  store: (address: Code, offset: number, value: Code): Code => simd(11, [address, value], at(offset)),
  words: (...words: readonly [number, number, number, number]): Code =>
    simd(12, [], [...new Uint8Array(Uint32Array.from(words).buffer)]),
  /** The 32-bit words of `a` (0 to 3) and `b` (4 to 7) that are named, in that order. */
  shuffle32: (a: Code, b: Code, ...words: readonly number[]): Code =>
    simd(
      13,
      [a, b],
      words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte)),
    ),
  splat32: (value: Code): Code => simd(17, [value]),
  or: (a: Code, b: Code): Code => simd(80, [a, b]),
  xor: (a: Code, b: Code): Code => simd(81, [a, b]),
  shiftLeft32: (a: Code, bits: number): Code => simd(171, [a, i32.constant(bits)]),
  shiftRight32: (a: Code, bits: number): Code => simd(173, [a, i32.constant(bits)]),
  add32: (a: Code, b: Code): Code => simd(174, [a, b]),
} as const;

/** A function without result whose parameters are i32, with its further locals. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly { readonly type: "i32" | "i64" | "v128"; readonly count: number }[];
  readonly body: readonly Code[];
}

const typeCodes = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;

/** A module of these functions that exports them, and its `memory` of `pages` 64 KiB pages to start with. */
export function assemble(pages: number, functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const sized = (bytes: Code): Code => [...leb(bytes.length), ...bytes];
  const list = (items: readonly Code[]): Code => [...leb(items.length), ...items.flat()];
  const section = (id: number, content: Code): Code => [id, ...sized(content)];
  const name = (text: string): Code => sized([...new TextEncoder().encode(text)]);
  const types = functions.map(({ parameters }) => [
    0x60,
    ...list(Array<Code>(parameters).fill([typeCodes.i32])),
    0,
  ]);
  const exports = functions.map((fn, index) => [...name(fn.name), 0, ...leb(index)]);
  const bodies = functions.map(({ locals, body }) =>
    sized([...list(locals.map(({ type, count }) => [...leb(count), typeCodes[type]])), ...body.flat(), 0x0b]),
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(3, list(functions.map((_, index) => leb(index)))),
    ...section(5, list([[0, ...leb(pages)]])),
    ...section(7, list([...exports, [...name("memory"), 2, 0]])),
    ...section(10, list(bodies)),
  ]);
}
