import { runCommandLine } from "./cli/run.ts";

// Ends a command early; a second one ends the process at once.
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (ending.signal.aborted) process.exit(130);
    ending.abort();
  });
}
// What nobody caught ends the program with one line; the terminal client has a way of its own.
process.on("uncaughtException", (error) => {
  if (process.listenerCount("uncaughtException") > 1) return;
  const detail = process.env["SOTTO_DEBUG"] === undefined ? error.message : error.stack;
  process.stderr.write(`sotto: Something went wrong inside: ${detail}\n`);
  process.exit(70);
});
// Whoever read our output has gone (`sotto messages ada | head -1`).
process.stdout.on("error", () => process.exit(0));

const code = await runCommandLine({
  argv: process.argv.slice(2),
  env: process.env,
  signal: ending.signal,
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
});
// A relay goes on until it is told to end.
if (code !== undefined) {
  // Whatever still waits for the network is given up; what was written goes out first.
  await new Promise((resolve) => process.stdout.write("", resolve));
  // The terminal client, ended by a signal, has set the code that says so.
  process.exit(process.exitCode ?? code);
}
