import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { problemsOf } from "./repository.ts";

test("the repository keeps its own rules", () => {
  expect(problemsOf(fileURLToPath(new URL("../..", import.meta.url)))).toEqual([]);
});
