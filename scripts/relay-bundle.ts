// `npm run relay:bundle [-- file]`: the relay as one file, dist/relay.js, for `deno run` and Deno Deploy.
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

await build({
  entryPoints: [path("../relay/main.ts")],
  outfile: process.argv[2] ?? path("../dist/relay.js"),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2024",
  minifySyntax: true,
  legalComments: "eof",
  // Native code is used in Node where it is installed beside the file; in Deno it would need a permission.
  external: ["bufferutil"],
  // CommonJS packages in the bundle ask for built-in modules with require, which ES modules don't have.
  banner: {
    js:
      'import { createRequire as __createRequire } from "node:module";\n' +
      "const require = __createRequire(import.meta.url);",
  },
});
