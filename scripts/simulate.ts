// `npm run simulate -- [--seeds N] [--minutes M] [--from S] [--seed S] [--verbose]`: runs whole networks of agents
// and relays under faults, each from a seed, and checks what must hold. A seed that fails prints why and its event
// log, and replays exactly with `--seed`.
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

const failed: Outcome[] = [];
const totals = { messages: 0, connections: 0, recoveryMs: 0 };
const startedMs = performance.now();
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed, {
    minutes,
    begin: (begun) => {
      journal = begun;
    },
    ...(values.verbose ? { follow: (line: string) => console.log(line) } : {}),
  });
  totals.messages += outcome.messages;
  totals.connections += outcome.connections;
  totals.recoveryMs = Math.max(totals.recoveryMs, outcome.recoveryMs);
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
const seconds = (performance.now() - startedMs) / 1_000;
const done = failed.length > 0 && !values["keep-going"] ? (failed[0]?.seed ?? first) - first + 1 : count;
console.log(
  `${done} seeds from ${first}: ${totals.connections} connections, ${totals.messages} messages, ${failed.length} seeds failed; ` +
    `longest recovery ${Math.round(totals.recoveryMs / 1_000)} s; ${(done / seconds).toFixed(2)} seeds/s`,
);
if (failed.length > 0) {
  console.log(`replay: npm run simulate -- --minutes ${minutes} --seed ${failed[0]?.seed}`);
  process.exitCode = 1;
}
