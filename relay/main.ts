import { runCli } from "./cli/cli.ts";
import { denoApi } from "./deno/api.ts";

const deno = denoApi();
const runtime =
  deno === undefined
    ? (await import("./node/runtime.ts")).nodeRuntime
    : (await import("./deno/runtime.ts")).denoRuntime(deno);

await runCli(runtime);
