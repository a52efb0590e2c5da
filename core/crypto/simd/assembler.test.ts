import { describe, expect, test } from "vitest";
import { assemble, type Code, get, i32, i64, loopWhile, set, v128 } from "./assembler.ts";
import { instantiate } from "./module.ts";

/** Runs code that may use memory and one i64 local (1) besides its i32 parameter (0); gives the memory. */
function run(body: readonly Code[], parameter = 0): DataView {
  const module = assemble(1, [{ name: "run", parameters: 1, locals: [{ type: "i64", count: 1 }], body }]);
  const exports = instantiate(module);
  Reflect.apply(Reflect.get(exports, "run"), undefined, [parameter]);
  return new DataView(Reflect.get(Reflect.get(exports, "memory"), "buffer"));
}

const zero = i32.constant(0);

describe("assembled code", () => {
  test.each([0n, 1n, 63n, 64n, 127n, 128n, -1n, -64n, -65n, 0x0ffffffc0fffffffn, (1n << 63n) - 1n])(
    "has the constant %s",
    (value) => {
      expect(run([i64.store(zero, 8, i64.constant(value))]).getBigInt64(8, true)).toBe(value);
    },
  );

  test.each([
    ["add", i64.add, 100n + 7n],
    ["subtract", i64.subtract, 93n],
    ["multiply", i64.multiply, 700n],
    ["and", i64.and, 100n & 7n],
    ["or", i64.or, 100n | 7n],
    ["xor", i64.xor, 100n ^ 7n],
    ["shiftLeft", i64.shiftLeft, 100n << 7n],
    ["shiftRight", i64.shiftRight, 100n >> 7n],
  ])("does i64 %s", (_name, operation, expected) => {
    const code = i64.store(zero, 0, operation(i64.constant(100n), i64.constant(7n)));
    expect(run([code]).getBigInt64(0, true)).toBe(expected);
  });

  test("shifts to the right and compares without sign", () => {
    const code = [
      i64.store(zero, 0, i64.shiftRight(i64.constant(-1n), i64.constant(60n))),
      i64.store(zero, 8, i64.fromI32(i64.lessUnsigned(i64.constant(1n), i64.constant(-1n)))),
      i64.store(zero, 16, i64.fromI32(i32.lessUnsigned(i32.constant(-1), i32.constant(1)))),
    ];
    const memory = run(code);
    expect([0, 8, 16].map((at) => memory.getBigInt64(at, true))).toEqual([15n, 1n, 0n]);
  });

  test.each([0, 1, 5, 1000])("runs a loop %i times", (times) => {
    const loop = loopWhile(
      get(0),
      set(1, i64.add(get(1), i64.constant(3n))),
      set(0, i32.subtract(get(0), i32.constant(1))),
    );
    const memory = run([loop, i64.store(i32.add(zero, i32.constant(300)), 0, get(1))], times);
    expect(memory.getBigInt64(300, true)).toBe(BigInt(3 * times));
  });

  test("works on vectors of 32-bit words", () => {
    const a = v128.words(1, 2, 3, 0xffffffff);
    const b = v128.words(16, 32, 48, 64);
    const results: readonly (readonly [Code, readonly number[]])[] = [
      [v128.add32(a, b), [17, 34, 51, 63]],
      [v128.xor(a, a), [0, 0, 0, 0]],
      [v128.or(a, b), [17, 34, 51, 0xffffffff]],
      [v128.shiftLeft32(a, 4), [16, 32, 48, 0xfffffff0]],
      [v128.shiftRight32(a, 1), [0, 1, 1, 0x7fffffff]],
      [v128.shuffle32(a, b, 0, 4, 3, 7), [1, 16, 0xffffffff, 64]],
      [v128.splat32(i32.constant(9)), [9, 9, 9, 9]],
    ];
    const memory = run(results.map(([code], i) => v128.store(zero, 16 * i, code)));
    const words = results.map((_, i) => [0, 4, 8, 12].map((at) => memory.getUint32(16 * i + at, true)));
    expect(words).toEqual(results.map(([, expected]) => expected));
  });

  test("loads vectors and single words for all lanes", () => {
    const memory = run([
      v128.store(zero, 0, v128.words(5, 6, 7, 8)),
      v128.store(zero, 16, v128.load(zero, 4)),
      v128.store(zero, 32, v128.loadSplat32(zero, 8)),
      i64.store(zero, 48, i64.load(zero, 0)),
    ]);
    const words = [16, 20, 24, 32, 36, 44, 48, 52].map((at) => memory.getUint32(at, true));
    expect(words).toEqual([6, 7, 8, 7, 7, 7, 5, 6]);
  });
});
