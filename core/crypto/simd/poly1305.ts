import { type Code, get, i32, i64, loopWhile, set, type WasmFunction } from "./assembler.ts";

/** Where the 32-byte one-time key stands in memory, and where the 16-byte tag is put. */
export const polyKeyAt = 64;
export const polyTagAt = 96;

/** Numbers modulo 2^130 - 5 are five limbs of 26 bits, so that sums of products fit 64 bits. */
const limbs = [0, 1, 2, 3, 4] as const;
const limbBits = 26n;
const limbMask = (1n << limbBits) - 1n;

const [pointer, fullEnd, end] = [0, 1, 2];
const [r, s, h, d, low, high] = [3, 8, 13, 18, 23, 24];

const keyAddress = i32.constant(0);
const masked = (value: Code): Code => i64.and(value, i64.constant(limbMask));
const right = (value: Code, bits: bigint): Code => i64.shiftRight(value, i64.constant(bits));
const left = (value: Code, bits: bigint): Code => i64.shiftLeft(value, i64.constant(bits));
const addTo = (local: number, value: Code): Code => set(local, i64.add(get(local), value));

/** The 16 bytes in `low` and `high` as five limbs. */
const split: readonly Code[] = [
  masked(get(low)),
  masked(right(get(low), 26n)),
  masked(i64.or(right(get(low), 52n), left(get(high), 12n))),
  masked(right(get(high), 14n)),
  right(get(high), 40n),
];

/** r is the first half of the key with some bits cleared; s is 5 r, for products beyond 2^130. */
const loadKey: readonly Code[] = [
  set(low, i64.and(i64.load(keyAddress, polyKeyAt), i64.constant(0x0ffffffc0fffffffn))),
  set(high, i64.and(i64.load(keyAddress, polyKeyAt + 8), i64.constant(0x0ffffffc0ffffffcn))),
  ...split.map((limb, i) => set(r + i, limb)),
  ...limbs.map((i) => set(s + i, i64.multiply(get(r + i), i64.constant(5n)))),
];

/** h += the next 16 bytes and, for a full block, the bit after them. */
const addBlock: readonly Code[] = [
  set(low, i64.load(get(pointer), 0)),
  set(high, i64.load(get(pointer), 8)),
  ...split.map((limb, i) => addTo(h + i, limb)),
  addTo(h + 4, left(i64.fromI32(i32.lessUnsigned(get(pointer), get(fullEnd))), 24n)),
];

/** d = h r, each limb of d being a sum of five products. */
const multiply: readonly Code[] = limbs.map((to) =>
  set(
    d + to,
    limbs
      .map((i) => i64.multiply(get(h + i), get(i <= to ? r + to - i : s + 5 + to - i)))
      .reduce((sum, product) => i64.add(sum, product)),
  ),
);

/** h = d with what exceeds 26 bits carried to the next limb, and from the last, times 5, to the first. */
const carry: readonly Code[] = [
  ...limbs.flatMap((i) => [
    set(h + i, masked(get(d + i))),
    i < 4
      ? addTo(d + i + 1, right(get(d + i), limbBits))
      : addTo(h, i64.multiply(right(get(d + i), limbBits), i64.constant(5n))),
  ]),
  addTo(h + 1, right(get(h), limbBits)),
  set(h, masked(get(h))),
];

/** Carries h completely, so that every limb has 26 bits. */
const carryFully: readonly Code[] = [1, 2, 3, 4, 0, 1].flatMap((i) => {
  const excess = right(get(h + i), limbBits);
  const to = i === 4 ? addTo(h, i64.multiply(excess, i64.constant(5n))) : addTo(h + i + 1, excess);
  return [to, set(h + i, masked(get(h + i)))];
});

/**
 * h mod 2^130 - 5 without a branch: d = h + 5 - 2^130, and if that is not negative it replaces h.
 * `low` becomes all ones when h is kept.
 */
const reduce: readonly Code[] = [
  set(d, i64.add(get(h), i64.constant(5n))),
  ...[1, 2, 3, 4].flatMap((i) => [
    set(d + i, i64.add(get(h + i), right(get(d + i - 1), limbBits))),
    set(d + i - 1, masked(get(d + i - 1))),
  ]),
  set(low, i64.subtract(right(get(d + 4), limbBits), i64.constant(1n))),
  ...limbs.map((i) => set(h + i, i64.xor(get(d + i), i64.and(get(low), i64.xor(get(d + i), get(h + i)))))),
];

/** The tag: h and the second half of the key added as numbers of 128 bits. */
const storeTag: readonly Code[] = [
  set(d, i64.or(i64.or(get(h), left(get(h + 1), 26n)), left(get(h + 2), 52n))),
  set(d + 1, i64.or(i64.or(right(get(h + 2), 12n), left(get(h + 3), 14n)), left(get(h + 4), 40n))),
  set(low, i64.add(get(d), i64.load(keyAddress, polyKeyAt + 16))),
  set(high, i64.add(get(d + 1), i64.load(keyAddress, polyKeyAt + 24))),
  addTo(high, i64.fromI32(i64.lessUnsigned(get(low), get(d)))),
  i64.store(keyAddress, polyTagAt, get(low)),
  i64.store(keyAddress, polyTagAt + 8, get(high)),
];

/**
 * `poly1305(pointer, fullEnd, end)`: the tag of the bytes from `pointer` to `end`, in blocks of 16. Those
 * before `fullEnd` are full; if there is one after it, it ends with a 1 and zeros already.
 */
export const poly1305: WasmFunction = {
  name: "poly1305",
  parameters: 3,
  locals: [{ type: "i64", count: 22 }],
  body: [
    ...loadKey,
    loopWhile(
      i32.lessUnsigned(get(pointer), get(end)),
      ...addBlock,
      ...multiply,
      ...carry,
      set(pointer, i32.add(get(pointer), i32.constant(16))),
    ),
    ...carryFully,
    ...reduce,
    ...storeTag,
  ],
};
