import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Packages in CommonJS ask for modules of Node by `require`. What V8 made of the code is kept for the next start, in
 * the user's own cache folder: in a shared one somebody else could put code there. An older Node is told apart here,
 * before code that it can't read. A relay is not to be small at the cost of speed: it would take half as long again.
 */
const banner = `#!/usr/bin/env node
import sottoModule from "node:module";
import { homedir as sottoHome } from "node:os";
import { setFlagsFromString as sottoFlag } from "node:v8";
if (Number.parseInt(process.versions.node, 10) < 22) {
  process.stderr.write("sotto: Node.js 22 or later is needed, this is " + process.version + ".\\n");
  process.exit(1);
}
if (process.argv[2] !== "relay") sottoFlag("--optimize-for-size");
const require = sottoModule.createRequire(import.meta.url);
sottoModule.enableCompileCache((process.env.XDG_CACHE_HOME || sottoHome() + "/.cache") + "/sotto/code");`;

/**
 * Bundles a program for Node into `outfile` and chunks beside it: what a start does not need stays in files of its
 * own, which are read when they are asked for. Paths are relative to the repository.
 * @returns the paths of the files it wrote
 */
export async function bundle(entry: string, outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: { [basename(outfile, ".js")]: entry },
    outdir: dirname(outfile),
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "node",
    format: "esm",
    target: "node22",
    minify: true,
    jsx: "automatic",
    legalComments: "none",
    // Native code, which loads files beside itself, stays in node_modules.
    external: ["better-sqlite3-multiple-ciphers", "bufferutil", "react-devtools-core"],
    define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
    banner: { js: banner },
    logLevel: "error",
  });
  return Object.keys(metafile.outputs);
}
