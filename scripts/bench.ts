// `npm run bench [-- name ...] [--json]`: runs every *.bench.ts, or those whose name is given.
import { globSync } from "node:fs";
import { basename, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Bench, Figure } from "../core/testing/bench.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const words = process.argv.slice(2);
const json = words.includes("--json");
const names = words.filter((word) => !word.startsWith("--"));

const files = globSync("{core,relay,tui}/**/*.bench.ts", { cwd: root }).sort();
const known = files.map((file) => basename(file, ".bench.ts"));
for (const name of names) {
  if (!known.includes(name)) {
    console.error(`cannot run bench ${name}: known are ${known.join(", ")}`);
    process.exit(2);
  }
}

for (const file of files) {
  const name = basename(file, ".bench.ts");
  if (names.length > 0 && !names.includes(name)) continue;
  const { bench } = (await import(pathToFileURL(resolve(root, file)).href)) as { bench: Bench };
  if (!json) console.log(`\n${name}`);
  await bench((figure: Figure) => {
    console.log(json ? JSON.stringify({ bench: name, ...figure }) : row(figure));
  });
}

function row({ name, value, unit, note }: Figure): string {
  return `  ${name.padEnd(44)} ${value.toPrecision(4).padStart(10)} ${unit.padEnd(6)} ${note ?? ""}`;
}
