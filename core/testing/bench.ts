/** One measured figure: `unit` is `us`, `ms`, `s`, `MB`, `1/s`, `ratio` ... */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** A remark for people, such as the ratio to the slowest provider of the same run. */
  readonly note?: string;
}

/** What a `foo.bench.ts` exports as `bench`: measures, and reports each figure as it has it. */
export type Bench = (report: (figure: Figure) => void) => void | Promise<void>;

const roundsDefault = 7;
const roundMs = 40;

/**
 * The median time of one call of `run`, in microseconds: rounds of as many calls as take about
 * 40 ms, after one round to warm up. Absolute times depend on the machine: compare within one run.
 */
export function medianMicroseconds(run: () => void, rounds = roundsDefault): number {
  const calls = callsPerRound(run);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) run();
    times.push(((performance.now() - start) * 1000) / calls);
  }
  return median(times);
}

/** The middle value, or the mean of the two in the middle. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the fraction `q` (0 to 1) of `values` lies, interpolated. @throws RangeError for no values */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = sorted[Math.floor(position)];
  const high = sorted[Math.ceil(position)];
  if (low === undefined || high === undefined)
    throw new RangeError("cannot take a quantile: values is empty");
  return low + (high - low) * (position - Math.floor(position));
}

function callsPerRound(run: () => void): number {
  for (let calls = 1; ; calls *= 2) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) run();
    if (performance.now() - start > roundMs) return calls;
  }
}
