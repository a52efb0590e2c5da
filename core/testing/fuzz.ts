/**
 * What a `foo.fuzz.ts` exports as `targets`: by name, a decoder fed with arbitrary bytes, and valid inputs to
 * start mutations from. It may return or throw a DecodeError (or another error named in `allowed`); anything
 * else is a finding.
 */
export interface FuzzTarget {
  readonly name: string;
  run(input: Uint8Array): unknown;
  readonly seeds?: readonly Uint8Array[];
  /** Names of the errors, besides DecodeError, that are a proper answer to bad input. */
  readonly allowed?: readonly string[];
}

/** A small fast generator of reproducible pseudo-random numbers (32-bit xorshift); not for secrets. */
export function reproducible(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const lengthMax = 2048;

/** A random input, or a mutation of one of the seeds: bytes changed, cut, repeated or inserted. */
export function fuzzInput(seeds: readonly Uint8Array[], next: () => number): Uint8Array {
  const seed = seeds[next() % Math.max(1, seeds.length)];
  if (seed === undefined || next() % 8 === 0)
    return Uint8Array.from({ length: next() % 64 }, () => next() & 0xff);
  let bytes: Uint8Array = seed.slice(0, lengthMax);
  for (let change = next() % 4; change >= 0; change--) bytes = mutate(bytes, next);
  return bytes;
}

function mutate(bytes: Uint8Array, next: () => number): Uint8Array {
  const at = next() % (bytes.length + 1);
  switch (next() % 5) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), next() & 0xff, ...bytes.subarray(at)]);
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
    case 3:
      return Uint8Array.from([...bytes, ...bytes.subarray(at)]).subarray(0, lengthMax);
    default:
      return bytes.map((byte, i) => (i === at ? next() & 0xff : byte));
  }
}

/**
 * Runs a target on `runs` inputs made from `seed`.
 * @throws Error naming the input (hexadecimal) at the first that gives anything but a value or a proper error
 */
export function fuzz(target: FuzzTarget, runs: number, seed: number): void {
  const next = reproducible(seed);
  for (let run = 0; run < runs; run++) {
    const input = fuzzInput(target.seeds ?? [], next);
    try {
      target.run(input);
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      if (name === "DecodeError" || target.allowed?.includes(name)) continue;
      const digits = Array.from(input, (byte) => byte.toString(16).padStart(2, "0")).join("");
      throw new Error(`${target.name}: ${name} for input ${digits}`, { cause: error });
    }
  }
}
