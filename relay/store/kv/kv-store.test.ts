import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { instanceCases } from "../../testing/instance-cases.ts";
import { storeCases } from "../../testing/store-cases.ts";

const deno = fileURLToPath(new URL("../../../node_modules/.bin/deno", import.meta.url));
const script = fileURLToPath(new URL("../../testing/deno-kv.ts", import.meta.url));

it("the real Deno KV holds every case of stores and of several instances", async () => {
  const args = ["run", "--unstable-kv", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", script];
  const { stdout } = await promisify(execFile)(deno, args);
  expect(stdout.trim()).toBe(`${storeCases.length + instanceCases.length} cases hold`);
});
