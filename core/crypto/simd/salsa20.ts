import { type Code, get, i32, loopWhile, set, v128, type WasmFunction } from "./assembler.ts";

/** Bytes that one turn of the loop encrypts: four blocks, one in each lane of the vectors. */
export const salsaStride = 256;

/** Where the 16 words that a block is computed from stand in memory: 64 bytes. */
export const salsaInputAt = 0;

// Locals: parameters, the turns left, 16 vectors for the words, and spare ones.
const [pointer, end, counter, turns, firstWord] = [0, 1, 2, 3, 4];
const [low01, low23, high01, high23] = [20, 21, 22, 23];
const sum = low01;
const word = (index: number): number => firstWord + index;
const input = (index: number): Code => v128.loadSplat32(i32.constant(0), salsaInputAt + 4 * index);

/** `counter` and the three numbers after it. */
const counters = v128.add32(v128.splat32(get(counter)), v128.words(0, 1, 2, 3));

/** What word `index` of the four blocks starts with. */
const start = (index: number): Code => (index === 8 ? counters : input(index));

/** word(to) ^= (word(a) + word(b)) <<< bits */
function step(to: number, a: number, b: number, bits: number): Code {
  const add = set(sum, v128.add32(get(word(a)), get(word(b))));
  const rotated = v128.or(v128.shiftLeft32(get(sum), bits), v128.shiftRight32(get(sum), 32 - bits));
  return [...add, ...set(word(to), v128.xor(get(word(to)), rotated))];
}

/** The quarter-round of the Salsa20 specification on the words y0 to y3. */
const quarterRound = (y0: number, y1: number, y2: number, y3: number): Code => [
  ...step(y1, y0, y3, 7),
  ...step(y2, y1, y0, 9),
  ...step(y3, y2, y1, 13),
  ...step(y0, y3, y2, 18),
];

const doubleRound: readonly Code[] = [
  quarterRound(0, 4, 8, 12),
  quarterRound(5, 9, 13, 1),
  quarterRound(10, 14, 2, 6),
  quarterRound(15, 3, 7, 11),
  quarterRound(0, 1, 2, 3),
  quarterRound(5, 6, 7, 4),
  quarterRound(10, 11, 8, 9),
  quarterRound(15, 12, 13, 14),
];

/** XORs four words of each block, which stand in one vector a word, into memory: a transposition. */
function xorWords(group: number): readonly Code[] {
  const first = word(4 * group);
  const [a, b, c, d] = [get(first), get(first + 1), get(first + 2), get(first + 3)];
  const xorAt = (block: number, words: Code): Code => {
    const offset = 64 * block + 16 * group;
    return v128.store(get(pointer), offset, v128.xor(words, v128.load(get(pointer), offset)));
  };
  return [
    set(low01, v128.shuffle32(a, b, 0, 4, 1, 5)),
    set(low23, v128.shuffle32(c, d, 0, 4, 1, 5)),
    set(high01, v128.shuffle32(a, b, 2, 6, 3, 7)),
    set(high23, v128.shuffle32(c, d, 2, 6, 3, 7)),
    xorAt(0, v128.shuffle32(get(low01), get(low23), 0, 1, 4, 5)),
    xorAt(1, v128.shuffle32(get(low01), get(low23), 2, 3, 6, 7)),
    xorAt(2, v128.shuffle32(get(high01), get(high23), 0, 1, 4, 5)),
    xorAt(3, v128.shuffle32(get(high01), get(high23), 2, 3, 6, 7)),
  ];
}

const indexes = Array.from({ length: 16 }, (_, index) => index);

/**
 * `salsa20(pointer, end, counter)`: XORs the Salsa20 key stream, from block `counter` on, into memory
 * from `pointer` to `end`, in strides of 256 bytes (the last one may go beyond `end`).
 */
export const salsa20: WasmFunction = {
  name: "salsa20",
  parameters: 3,
  locals: [
    { type: "i32", count: 1 },
    { type: "v128", count: 20 },
  ],
  body: [
    loopWhile(
      i32.lessUnsigned(get(pointer), get(end)),
      ...indexes.map((index) => set(word(index), start(index))),
      set(turns, i32.constant(10)),
      loopWhile(get(turns), ...doubleRound, set(turns, i32.subtract(get(turns), i32.constant(1)))),
      ...indexes.map((index) => set(word(index), v128.add32(get(word(index)), start(index)))),
      ...[0, 1, 2, 3].flatMap(xorWords),
      set(pointer, i32.add(get(pointer), i32.constant(salsaStride))),
      set(counter, i32.add(get(counter), i32.constant(4))),
    ),
  ],
};
