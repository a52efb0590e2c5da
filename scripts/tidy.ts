// `npm run check:tidy`: the rules of this repository that no other tool checks; see tidy/rules.ts.
import process from "node:process";
import { fileURLToPath } from "node:url";
import { problemsOf } from "./tidy/repository.ts";

const problems = problemsOf(fileURLToPath(new URL("..", import.meta.url)));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
