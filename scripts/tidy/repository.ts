import { globSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { rules } from "./rules.ts";

const topLevel = new Set([
  "tui",
  "relay",
  "core",
  "scripts",
  "deno.json",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "README.md",
  "LICENSE",
  "node_modules",
  "dist",
]);

/** Everything in the repository that breaks a rule of ours, a line each. `root` is its top folder. */
export function problemsOf(root: string): readonly string[] {
  return [...layoutProblems(root), ...dependencyProblems(root), ...sourceProblems(root)];
}

/** The top level is fixed; hidden files configure tools. */
function layoutProblems(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => !name.startsWith(".") && !topLevel.has(name))
    .map((name) => `${name}: is not part of the top level`);
}

/** Versions are pinned exactly. */
function dependencyProblems(root: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Readonly<
    Record<string, Readonly<Record<string, string>> | undefined>
  >;
  return Object.entries({ ...manifest["dependencies"], ...manifest["devDependencies"] })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} ${version} is not an exact version`);
}

function sourceProblems(root: string): readonly string[] {
  const paths = globSync("{core,relay,tui,scripts}/**/*.{ts,tsx}", { cwd: root });
  return paths.sort().flatMap((path) => {
    const file = { path: path.split(sep).join("/"), text: readFileSync(join(root, path), "utf8") };
    return rules.flatMap((rule) => rule(file).map((problem) => `${file.path}: ${problem}`));
  });
}
