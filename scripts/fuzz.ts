// `npm run fuzz [-- --runs N] [--seed S] [name ...]`: feeds random and mutated bytes to every decoder that a
// *.fuzz.ts names. N inputs in all, shared out among the targets.
import { globSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type FuzzTarget, fuzz } from "../core/testing/fuzz.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error("cannot fuzz: --runs and --seed take whole numbers");
  process.exit(2);
}

const targets: FuzzTarget[] = [];
for (const file of globSync("{core,relay,tui}/**/*.fuzz.ts", { cwd: root }).sort()) {
  const module = (await import(pathToFileURL(resolve(root, file)).href)) as {
    targets: readonly FuzzTarget[];
  };
  targets.push(...module.targets);
}
const chosen = positionals.length === 0 ? targets : targets.filter(({ name }) => positionals.includes(name));
const share = Math.ceil(runs / Math.max(1, chosen.length));
for (const target of chosen) {
  fuzz(target, share, seed);
  console.log(`${target.name}: ${share} inputs, each gave a value or a proper error`);
}
console.log(
  `${share * chosen.length} inputs in all, heap ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MB`,
);
