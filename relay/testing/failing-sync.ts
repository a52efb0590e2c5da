import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";

// The relay on Node, whose disk cannot be synced from SIGUSR2 on.
const { fdatasync } = fs;
let fails = false;
process.on("SIGUSR2", () => {
  fails = true;
  console.log("the disk fails");
});
Object.assign(fs, {
  fdatasync(file: number, done: (error: Error | null) => void) {
    if (fails) done(new Error("EIO: i/o error, fdatasync"));
    else fdatasync(file, done);
  },
});
syncBuiltinESMExports();
await import("../main.ts");
