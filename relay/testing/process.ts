import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../core/clock/system.ts";
import { parseRelayAddressWithAuth } from "../../core/smp/address.ts";
import { connectTls } from "../../core/transport/node/tls-client.ts";
import { connectWebSocket } from "../../core/transport/node/websocket-client.ts";
import type { Transport } from "../../core/transport/transport.ts";
import type { DoorName } from "../settings/settings.ts";
import { TestClient } from "./client.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const main = join(repository, "relay/main.ts");
const timeoutMs = 30_000;

export type RuntimeName = "node" | "deno";

/** A relay in a process of its own. */
export interface RelayProcess {
  readonly child: ChildProcess;
  readonly keyHash: Uint8Array;
  readonly ports: ReadonlyMap<DoorName, number>;
  /** Lines that it has printed. */
  readonly lines: readonly string[];
  /** Resolves with the exit code or the signal. */
  readonly exited: Promise<number | string>;
  dial(door: "tls" | "web"): Promise<Transport>;
  connect(door: "tls" | "web"): Promise<TestClient>;
}

/** A folder for a test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "sotto-relay-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The sets of permissions in deno.json. */
export type PermissionSet = "default" | "proxy";

/** A set of deno.json as flags, with a folder of a test in place of the relay's. */
function permissionFlags(set: PermissionSet, folder: string): readonly string[] {
  const { permissions } = JSON.parse(readFileSync(join(repository, "deno.json"), "utf8"));
  const granted: Readonly<Record<string, true | readonly string[]>> = permissions[set];
  return Object.entries(granted).map(([name, values]) => {
    if (values === true) return `--allow-${name}`;
    const own = values.map((value) => (value === "./relay-data" ? folder : value));
    return `--allow-${name}=${own.join(",")}`;
  });
}

/** The command that runs the relay's main file in a runtime, with the permissions it is meant to have. */
export function relayCommand(
  runtime: RuntimeName,
  folder: string,
  script = main,
  permissions: PermissionSet = "default",
): readonly [string, string[]] {
  if (runtime === "node") return [process.execPath, ["--no-warnings", script]];
  const flags = ["--no-prompt", "--unstable-kv", ...permissionFlags(permissions, folder)];
  // Not the one in .bin, which can be a script around the program: signals would end only that.
  return [join(repository, "node_modules/deno/deno"), ["run", ...flags, script]];
}

export interface RelayProcessOptions {
  /** Another file to run. */
  readonly script?: string;
  /** What Deno allows it. */
  readonly permissions?: PermissionSet;
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How many files the system lets it have open; as many as this process unless said otherwise. */
  readonly openFilesMax?: number;
}

/** Starts a relay on free ports of this machine, and waits until its doors are open. */
export async function startRelayProcess(
  runtime: RuntimeName,
  folder: string,
  flags: readonly string[] = [],
  { script = main, permissions = "default", environment = {}, openFilesMax }: RelayProcessOptions = {},
): Promise<RelayProcess> {
  const [command, args] = limited(relayCommand(runtime, folder, script, permissions), openFilesMax);
  const ports = ["--tls-port", "0", "--web-port", "0", "--haproxy-port", "0"];
  const child = spawn(
    command,
    [...args, "start", "--data", folder, "--listen", "127.0.0.1", ...ports, ...flags],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", ...environment } },
  );
  const exited = new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const lines: string[] = [];
  await opened(child, exited, lines, doorsOf(runtime, flags));
  const address = lines.find((line) => line.startsWith("smp://"));
  if (address === undefined) throw new Error("relay has not printed its address");
  const { keyHash } = parseRelayAddressWithAuth(address, "smp").relay;
  const open = new Map<DoorName, number>();
  for (const line of lines) {
    const [, name, port] = /^(tls|web|haproxy) door is open on port (\d+)$/.exec(line) ?? [];
    if (name === "tls" || name === "web" || name === "haproxy") open.set(name, Number(port));
  }
  const dial = (door: "tls" | "web"): Promise<Transport> => {
    const at = { host: "127.0.0.1", port: open.get(door) ?? 0, timeoutMs };
    if (door === "web") return connectWebSocket({ ...at, secure: false });
    return connectTls({ ...at, keyHash, nowMs: () => systemClock.nowMs() });
  };
  return {
    child,
    keyHash,
    ports: open,
    lines,
    exited,
    dial,
    connect: async (door) => TestClient.connect(await dial(door), keyHash),
  };
}

function limited(
  [command, args]: readonly [string, string[]],
  openFilesMax: number | undefined,
): readonly [string, string[]] {
  if (openFilesMax === undefined) return [command, args];
  return ["sh", ["-c", `ulimit -n ${openFilesMax} && exec "$@"`, "sh", command, ...args]];
}

function doorsOf(runtime: RuntimeName, flags: readonly string[]): number {
  const at = flags.indexOf("--doors");
  if (at !== -1) return (flags[at + 1] ?? "").split(",").length;
  return runtime === "node" ? 2 : 1;
}

/** Collects what is printed until all doors are open. */
function opened(
  child: ChildProcess,
  exited: Promise<number | string>,
  lines: string[],
  doors: number,
): Promise<void> {
  let rest = "";
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      if (lines.filter((line) => line.includes("door is open")).length >= doors) resolve();
    });
    void exited.then((code) => reject(new Error(`relay has ended (${code}): ${errors}`)));
  });
}
