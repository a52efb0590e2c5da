// `npm run demo`: two clients side by side in tmux, with a relay on this machine between them. Their data are in a
// folder of their own, which goes with the demo; `npm run demo -- --keep DIR` keeps them in DIR.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { keep: { type: "string" } } });
if (spawnSync("tmux", ["-V"]).status !== 0) {
  console.error(
    "The demo needs tmux. Without it: npm start in one terminal, npm start -- --profile second in another.",
  );
  process.exit(1);
}
const program = fileURLToPath(new URL("../dist/sotto.js", import.meta.url));
const folder = values.keep === undefined ? mkdtempSync(join(tmpdir(), "sotto-demo-")) : resolve(values.keep);
const quoted = (words: readonly string[]) =>
  words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
const client = (profile: string) =>
  quoted([process.execPath, program, "--data", folder, "--profile", profile]);

// A server and a configuration of its own: nothing of the user's tmux is touched.
const tmux = ["-L", `sotto-demo-${process.pid}`, "-f", "/dev/null"];
const { status } = spawnSync(
  "tmux",
  [
    ...tmux,
    ...["new-session", client("first"), ";"],
    ...[
      "set",
      "-g",
      "mouse",
      "on",
      ";",
      "set",
      "-g",
      "focus-events",
      "on",
      ";",
      "set",
      "-g",
      "set-clipboard",
      "on",
      ";",
    ],
    ...["set", "-g", "default-terminal", "tmux-256color", ";", "set", "-sg", "escape-time", "10", ";"],
    // What stands there is cut at 10 and at 40 cells otherwise.
    ...["set", "-g", "status-left-length", "20", ";", "set", "-g", "status-right-length", "60", ";"],
    ...["set", "-g", "status-right", " ctrl-b and an arrow change the side, ctrl-c quits ", ";"],
    ...[
      "set",
      "-g",
      "status-left",
      " sotto demo ",
      ";",
      "set",
      "-g",
      "window-status-current-format",
      "",
      ";",
    ],
    ...["split-window", "-h", client("second"), ";", "select-pane", "-L"],
  ],
  // Also inside a tmux of the user's.
  { stdio: "inherit", env: { ...process.env, TMUX: undefined } },
);
if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;
