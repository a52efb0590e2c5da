// Checks every vector file under the runtime that runs this: `npm run vectors`, `npm run vectors:deno`.
// Names of files can be given; exits with 1 when a vector fails or the number of vectors is not as it should be.
import { readFileSync } from "node:fs";
import process from "node:process";
import { vectorFiles } from "../core/vectors/files.ts";
import { runVectors } from "../core/vectors/vectors.ts";

const failuresShown = 20;
const names = process.argv.slice(2);

for (const file of vectorFiles) {
  if (names.length > 0 && !names.includes(file.name)) continue;
  const json: unknown = JSON.parse(
    readFileSync(new URL(`../core/vectors/${file.name}.json`, import.meta.url), "utf8"),
  );
  const { checks } = await file.load();
  const { checked, failures } = runVectors(json, checks);
  console.log(`${file.name}: ${checked - failures.length} of ${file.count} vectors passed`);
  for (const failure of failures.slice(0, failuresShown)) console.error(`  ${failure}`);
  if (failures.length > 0 || checked !== file.count) process.exitCode = 1;
}
