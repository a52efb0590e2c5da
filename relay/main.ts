import { basename } from "node:path";
import { runCli } from "./cli/cli.ts";
import { denoApi } from "./deno/api.ts";
import { isNewEnough, nodeVersionMin } from "./node/version.ts";

const { node } = process.versions;
if (!isNewEnough(node)) {
  console.error(
    `cannot run the relay: this is Node ${node}, and it needs ${nodeVersionMin.join(".")} or later`,
  );
  process.exit(1);
}
const deno = denoApi();
const runtime =
  deno === undefined
    ? (await import("./node/runtime.ts")).nodeRuntime
    : (await import("./deno/runtime.ts")).denoRuntime(deno);
/** This file, or the bundle that it is part of. */
const script = basename(new URL(import.meta.url).pathname);
const fromBundle = deno === undefined ? `node ${script}` : `deno run ... ${script}`;

await runCli(script === "main.ts" ? runtime : { ...runtime, startCommand: fromBundle });
