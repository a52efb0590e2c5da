import { globSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { type FuzzTarget, fuzz } from "../core/testing/fuzz.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const runs = 2000;
const seed = 20_261_123;

const files = globSync("{core,relay,tui}/**/*.fuzz.ts", { cwd: root }).sort();
const targets = (
  await Promise.all(
    files.map(async (file) => {
      const { targets } = (await import(resolve(root, file))) as { targets: readonly FuzzTarget[] };
      return targets;
    }),
  )
).flat();

describe("arbitrary and mutated bytes give a value or a proper error", () => {
  test.each(targets)("$name", (target) => fuzz(target, runs, seed));
});
