// `npm run build`: bundles the client into dist/sotto.js, which Node runs, and the relay into dist/relay.js, which the
// client starts with Deno.
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import "./relay-bundle.ts";

const written = new Set(await bundle("tui/main.ts", "dist/sotto.js"));

// Chunks have their contents' hash in their names. Those of an older build go; those that are the same stay, as a
// client that runs now may still have to read them.
for (const name of readdirSync(fileURLToPath(new URL("../dist/chunks", import.meta.url)))) {
  if (!written.has(`dist/chunks/${name}`))
    rmSync(fileURLToPath(new URL(`../dist/chunks/${name}`, import.meta.url)));
}
