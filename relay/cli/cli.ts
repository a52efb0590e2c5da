import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { IdentityError } from "../identity/identity.ts";
import type { Runtime } from "../runtime.ts";
import { describeSettings, type RelaySettings, readSettings, SettingError } from "../settings/settings.ts";
import { StoreError } from "../store/store.ts";
import { type Arguments, commandFlags, parseArguments } from "./arguments.ts";
import { blockQueue, unblockQueue } from "./block.ts";
import { address, init, rotate } from "./identity-commands.ts";
import { importLog } from "./import-log.ts";
import { start } from "./start.ts";
import { stats } from "./stats.ts";

/** What a command works with. */
export interface CommandInput extends Arguments {
  readonly runtime: Runtime;
  readonly settings: RelaySettings;
}

const commands: Readonly<Record<string, (input: CommandInput) => Promise<void> | void>> = {
  start,
  init,
  address,
  stats,
  block: blockQueue,
  unblock: unblockQueue,
  "rotate-certificate": rotate,
  "import-log": importLog,
};

/** Commands that are about something, which they are given in a word. */
const commandsWithWord: ReadonlySet<string> = new Set(["block", "unblock", "import-log"]);

/** Runs the command of a command line; without one, the relay is started. */
export async function runCli(runtime: Runtime): Promise<void> {
  const { args } = runtime;
  if (args[0] === "help" || args.includes("--help") || args.includes("-h"))
    return runtime.print(help(runtime));
  try {
    const { words, flags } = parseArguments(args);
    const [name = "start", ...rest] = words;
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined)
      throw new SettingError(`cannot run ${name}: there is no such command; see help`);
    if (rest.length > 0 && !commandsWithWord.has(name))
      throw new SettingError(`cannot run ${name}: "${rest[0]}" is a word too many; see help`);
    const settings = settingsOf(runtime, flags);
    await command({ runtime, settings, words: rest, flags });
  } catch (error) {
    if (!isExpected(error)) throw error;
    runtime.printError(isDenied(error) ? `${error.message}. ${permissionsHint}` : error.message);
    runtime.exit(1);
  }
}

/** Deno's word for what its permissions don't allow. */
function isDenied(error: unknown): boolean {
  return error instanceof Error && error.name === "NotCapable";
}

const permissionsHint =
  "The permissions in deno.json are for relay-data/, and for listening on all addresses or on this machine: for others, name them to deno run in place of -P.";

/** What the operator can put right; its message says all. */
function isExpected(error: unknown): error is Error {
  if (isDenied(error)) return true;
  if (error instanceof SettingError || error instanceof IdentityError || error instanceof StoreError)
    return true;
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

function settingsOf({ environment, keepsFiles }: Runtime, all: Arguments["flags"]): RelaySettings {
  const own: ReadonlySet<string> = new Set(commandFlags);
  const flags = Object.fromEntries(Object.entries(all).filter(([name]) => !own.has(name)));
  if (!keepsFiles) return readSettings({ flags, environment, file: undefined });
  // The folder says where the file is, so it cannot come from the file.
  const { data } = readSettings({ flags, environment, file: undefined });
  const path = all["config"] ?? join(data, "relay.conf");
  if (all["config"] !== undefined && !existsSync(path)) {
    throw new SettingError(`cannot use flag --config: ${path} is missing`);
  }
  return readSettings({
    flags,
    environment,
    file: existsSync(path) ? readFileSync(path, "utf8") : undefined,
  });
}

function help({ startCommand }: Runtime): string {
  return `usage: ${startCommand} [command] [--setting value ...]

commands:
  start                    runs the relay; makes its identity first when there is none (the default)
  init                     makes the identity; --import FOLDER takes that of another server, --algorithm Ed448
  address                  prints the relay's address and its QR code
  stats                    prints how much is stored
  block QUEUE              blocks a queue; --reason spam or content, --notice SECONDS or forever
  unblock QUEUE            serves it again
  rotate-certificate       makes a new online certificate; the address stays
  import-log FILE          takes over the queues in a store log of the reference server

settings, as flags, as variables SOTTO_RELAY_NAME, or as lines "name = value" in relay.conf in the data folder
(or the file of --config):
${describeSettings()}`;
}
