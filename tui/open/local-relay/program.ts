import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type LocalRelayData, localHost } from "./folder.ts";

/** A program with its arguments. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** All that it gets of the environment: no passphrase of ours. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Variables that the relay may read: its own. */
const ownVariables = "SOTTO_RELAY_*";
const passedVariables = /^(?:SOTTO_RELAY_\w+|PATH|HOME|DENO_DIR|XDG_CACHE_HOME|TMPDIR|TEMP|TZ|SystemRoot)$/;
const idleVariable = "SOTTO_RELAY_STOP_WHEN_IDLE";
/** How long the relay stays when its last client has gone. */
const stopWhenIdle = "60s";
const executable = process.platform === "win32" ? "deno.exe" : "deno";

/** How the relay on this machine is started: on Deno, allowed only what it needs; on Node where there is no Deno. */
export function relayProgram({ folder, port }: LocalRelayData): Program {
  const root = packageRoot();
  const script = bundledRelay() ?? join(root, "relay", "main.ts");
  const settings: Readonly<Record<string, string>> = {
    data: folder,
    host: localHost,
    port: String(port),
    doors: "web",
    listen: localHost,
    "web-port": String(port),
    proxy: "off",
    ...(process.env[idleVariable] === undefined ? { "stop-when-idle": stopWhenIdle } : {}),
  };
  const args = [script, "start", ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => passedVariables.test(name)));
  const deno = findDeno(root);
  if (deno === undefined)
    return { file: process.execPath, args: ["--disable-warning=ExperimentalWarning", ...args], env };
  const allowed = [
    `--allow-net=${localHost}:${port}`,
    `--allow-read=${folder},${root}`,
    `--allow-write=${folder}`,
    `--allow-env=${ownVariables}`,
    "--allow-sys=osRelease",
  ];
  return { file: deno, args: ["run", "--quiet", "--no-prompt", "--cached-only", ...allowed, ...args], env };
}

/** The relay's bundle beside our own, which is one file with chunks in a folder; undefined when we run from sources. */
function bundledRelay(): string | undefined {
  const folder = dirname(fileURLToPath(import.meta.url));
  return [folder, dirname(folder)].map((one) => join(one, "relay.js")).find((path) => existsSync(path));
}

/** The folder of this package: from its sources, or from the bundle in `dist`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Deno as npm installed it beside us, or one on the path. */
function findDeno(root: string): string | undefined {
  const folders = [join(root, "node_modules", "deno"), ...(process.env["PATH"] ?? "").split(delimiter)];
  // What npm puts into a `.bin` folder is a script around the program, which signals would not get past.
  return folders
    .filter((folder) => folder !== "" && !folder.endsWith(".bin"))
    .map((folder) => join(folder, executable))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
