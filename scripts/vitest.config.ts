import { availableParallelism } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** What a terminal, a shell or the user has set must not change what the programs under test do. */
const ofTheUser =
  /^(SOTTO_.*|SSH_.*|TERM_PROGRAM.*|COLOR.*|FORCE_COLOR|NO_COLOR|TMUX.*|STY|EDITOR|VISUAL|COLUMNS|LINES)$/;
for (const name of Object.keys(process.env)) if (ofTheUser.test(name)) delete process.env[name];

/** Tests wait for conditions; this ends only one that hangs, on whatever machine, in milliseconds. */
const hangsMs = 180_000;

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["{core,relay,tui,scripts}/**/*.test.{ts,tsx}"],
    pool: "threads",
    // Many tests wait for processes: on two processors, too, there are two at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: hangsMs,
    hookTimeout: hangsMs,
    expect: { poll: { timeout: 60_000 } },
  },
});
