// `npm run build`: bundles the terminal client into dist/sotto.js, which Node runs.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

// Chunks have their contents' hash in their names: those of older builds would stay.
rmSync(fileURLToPath(new URL("../dist/chunks", import.meta.url)), { recursive: true, force: true });
await bundle("tui/main.ts", "dist/sotto.js");
