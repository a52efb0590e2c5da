import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type VectorFile, vectorFiles } from "./files.ts";
import { unseenMutations } from "./mutations.ts";
import { runVectors } from "./vectors.ts";

/** Files whose vectors are whole conversations: all of their thousands of values would take minutes. */
const longChecks = ["ratchet", "layers"];

function parsed({ name }: VectorFile): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8"));
}

describe("the reference implementation's vectors", () => {
  for (const file of vectorFiles) {
    test(`all ${file.count} of ${file.name}.json pass under Node`, async () => {
      const { checks } = await file.load();
      expect(runVectors(parsed(file), checks)).toEqual({ checked: file.count, failures: [] });
    });

    test(`a change of any value of ${file.name}.json is found`, async () => {
      const { checks, unchecked = {} } = await file.load();
      const triesMax = longChecks.includes(file.name) ? 1 : Number.POSITIVE_INFINITY;
      expect(unseenMutations(parsed(file), checks, triesMax)).toEqual(Object.keys(unchecked));
    });
  }

  test("all of them pass under Deno", () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const output = execFileSync("npm", ["run", "--silent", "vectors:deno"], { cwd: root, encoding: "utf8" });
    for (const file of vectorFiles) {
      expect(output).toContain(`${file.name}: ${file.count} of ${file.count} vectors passed`);
    }
  });

  test("a vector without a check is a failure, not skipped", () => {
    const file = { vectors: [{ name: "a", input: { op: "new" }, output: {} }] };
    expect(runVectors(file, {})).toEqual({ checked: 1, failures: ["new: a: no check for new"] });
  });

  test("a check that throws is a failure with the name of its vector", () => {
    const file = { vectors: [{ name: "a", input: { op: "sum" }, output: {} }] };
    const checks = {
      sum: () => {
        throw new Error("differs");
      },
    };
    expect(runVectors(file, checks).failures).toEqual(["sum: a: differs"]);
  });
});
