import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("what Deno's permissions don't allow is said in one line, with what to do", () => {
  const deno = `${root}/node_modules/.bin/deno`;
  const args = ["run", "--quiet", "--no-prompt", "-P", "relay/main.ts", "address", "--data", "/elsewhere"];
  const { status, stderr } = spawnSync(deno, args, { cwd: root, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /Requires read access to "\/elsewhere.*The permissions in deno\.json are for relay-data\//,
  );
  expect(stderr).not.toContain("at ");
});
