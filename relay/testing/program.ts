import { spawnSync } from "node:child_process";
import process from "node:process";
import type { TestContext } from "vitest";

/**
 * Skips a test where a program that it runs is not installed, and says so. Where `CI` is set the test goes on, and
 * fails: there everything has to be tested.
 */
export function needsProgram({ skip }: TestContext, name: string): void {
  if (process.env["CI"] || spawnSync("which", [name]).status === 0) return;
  const note = `${name} is not installed`;
  console.warn(`skipped: ${note}`);
  skip(note);
}
