// `npm run build`: bundles the terminal client into dist/sotto.js, which Node runs.
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    entry: { type: "string", default: "tui/main.ts" },
    outfile: { type: "string", default: "dist/sotto.js" },
  },
});
await build({
  absWorkingDir: root,
  entryPoints: { [values.outfile.replace(/^.*\/|\.js$/g, "")]: values.entry },
  outdir: values.outfile.replace(/\/[^/]*$/, ""),
  bundle: true,
  // What a start does not need stays in files of its own, which are read when they are asked for.
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  platform: "node",
  format: "esm",
  target: "node22",
  minify: true,
  jsx: "automatic",
  legalComments: "none",
  // Native code and WebAssembly that load files beside themselves stay in node_modules.
  external: ["better-sqlite3-multiple-ciphers", "libsodium-wrappers", "react-devtools-core"],
  define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as sottoRequire } from 'node:module'; const require = sottoRequire(import.meta.url);",
  },
  logLevel: process.argv.includes("--quiet") ? "error" : "warning",
});
