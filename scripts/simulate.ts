// `npm run simulate -- [--seeds N] [--from S] [--minutes M] [--seed S]`: runs networks of agents and relays with
// faults on a virtual clock, one for each seed, until N seeds are done or M minutes have passed. `--seed` replays
// one and prints its event log. A seed that fails is printed with its log; then the exit code is 1.
import process from "node:process";
import { parseArgs } from "node:util";
import { simulate } from "../core/simulator/simulation.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    minutes: { type: "string", default: "60" },
    seed: { type: "string" },
  },
});
const single = values.seed === undefined ? undefined : Number(values.seed);
const from = single ?? Number(values.from);
const count = single === undefined ? Number(values.seeds) : 1;
const minutes = Number(values.minutes);
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1 || !(minutes > 0)) {
  console.error("cannot simulate: --seeds, --from and --seed take whole numbers, --minutes a number");
  process.exit(2);
}

const startMs = performance.now();
const msPerMinute = 60_000;
const reportEvery = 100;
let done = 0;
let messages = 0;
let virtualMs = 0;
let failed = 0;
for (let seed = from; seed < from + count && performance.now() - startMs < minutes * msPerMinute; seed++) {
  const result = await simulate(seed);
  done++;
  messages += result.messages;
  virtualMs += result.virtualMs;
  if (result.problems.length > 0 || single !== undefined) console.log(result.log.join("\n"));
  if (result.problems.length > 0) {
    failed++;
    console.error(
      `seed ${seed} failed:\n  ${result.problems.join("\n  ")}\nreplay: npm run simulate -- --seed ${seed}`,
    );
  }
  if (done % reportEvery === 0) console.log(`${done} seeds, ${failed} failed`);
}
const hours = Math.round(virtualMs / 3_600_000);
const seconds = Math.round((performance.now() - startMs) / 1000);
console.log(`${done} seeds, ${failed} failed: ${messages} messages in ${hours} virtual hours, ${seconds} s`);
if (failed > 0) process.exitCode = 1;
