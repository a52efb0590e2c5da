import { basename } from "node:path";
import { runCli } from "./cli/cli.ts";
import { denoApi } from "./deno/api.ts";

const deno = denoApi();
const runtime =
  deno === undefined
    ? (await import("./node/runtime.ts")).nodeRuntime
    : (await import("./deno/runtime.ts")).denoRuntime(deno);
/** This file, or the bundle that it is part of. */
const script = basename(new URL(import.meta.url).pathname);
const fromBundle = deno === undefined ? `node ${script}` : `deno run ... ${script}`;

await runCli(script === "main.ts" ? runtime : { ...runtime, startCommand: fromBundle });
