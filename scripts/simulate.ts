// `npm run simulate -- [--seeds N] [--minutes M] [--from S] [--seed S] [--verbose] [--keep-going]`: runs whole
// networks of agents and relays under faults, each from a seed, and checks what must hold. A seed that fails prints
// why and its event log, and replays exactly with `--seed`. With `--keep-going`, a line for each that fails.
import process from "node:process";
import { parseArgs } from "node:util";
import { describeError, type Journal } from "../core/simulator/journal.ts";
import { type Outcome, simulate } from "../core/simulator/simulator.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    minutes: { type: "string", default: "60" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    verbose: { type: "boolean", default: false },
    "keep-going": { type: "boolean", default: false },
  },
});
const [first, count, minutes] = [
  values.seed ?? values.from,
  values.seed ? "1" : values.seeds,
  values.minutes,
].map(Number);
if (
  first === undefined ||
  count === undefined ||
  minutes === undefined ||
  ![first, count].every(Number.isSafeInteger) ||
  !(minutes > 0)
) {
  console.error("cannot simulate: --seeds, --from, --seed and --minutes take numbers");
  process.exit(2);
}

let journal: Journal | undefined;
process.on("unhandledRejection", (error) =>
  journal?.problem("process", `unhandled: ${describeError(error)}`),
);

/** With `--keep-going`, how far it is, after so many seeds. */
const reportEvery = 500;

const failed: Outcome[] = [];
const totals = { seeds: 0, messages: 0, connections: 0, recoveryMs: 0 };
const startedMs = performance.now();

function summary(): string {
  const { seeds, messages, connections, recoveryMs } = totals;
  const seconds = (performance.now() - startedMs) / 1_000;
  return (
    `${seeds} seeds from ${first}: ${connections} connections, ${messages} messages, ${failed.length} seeds failed; ` +
    `longest recovery ${Math.round(recoveryMs / 1_000)} s; ${(seeds / seconds).toFixed(2)} seeds/s`
  );
}

for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed, {
    minutes,
    begin: (begun) => {
      journal = begun;
    },
    ...(values.verbose ? { follow: (line: string) => console.log(line) } : {}),
  });
  totals.seeds++;
  totals.messages += outcome.messages;
  totals.connections += outcome.connections;
  totals.recoveryMs = Math.max(totals.recoveryMs, outcome.recoveryMs);
  if (values["keep-going"] && totals.seeds % reportEvery === 0 && totals.seeds < count)
    console.log(summary());
  if (outcome.problems.length === 0) continue;
  failed.push(outcome);
  if (values["keep-going"]) {
    console.log(`seed ${seed}: ${outcome.problems[0]?.split("\n")[0]}`);
    continue;
  }
  if (!values.verbose) console.log(outcome.log.join("\n"));
  for (const problem of outcome.problems) console.log(`seed ${seed}: ${problem}`);
  break;
}
console.log(summary());
if (failed.length > 0) {
  console.log(`replay: npm run simulate -- --minutes ${minutes} --seed ${failed[0]?.seed}`);
  process.exitCode = 1;
}
