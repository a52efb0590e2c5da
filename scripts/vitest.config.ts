import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["{core,relay,tui,scripts}/**/*.test.{ts,tsx}"],
    pool: "threads",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
