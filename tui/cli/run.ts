import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ChatError, chatErrorCodes } from "../../core/chat/api.ts";
import { toChatError } from "../../core/chat/engine/errors.ts";
import { sanitizeLine } from "../../core/chat/sanitize.ts";
import { foldersOf } from "../open/folders.ts";
import { givenPassphrase, readNewPassphrase, readPassphrase } from "../open/passphrases.ts";
import type { Command, Passphrases } from "./command.ts";
import { allCommands, findCommand } from "./commands.ts";
import { Defects } from "./defects.ts";
import { commandHelp, programHelp } from "./help.ts";
import { createIo, type Io, printableJson } from "./io.ts";
import { type OptionValues, parseOptions, splitCommand } from "./options.ts";
import { session } from "./session.ts";

/** The process that a command line runs in. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user wants the command to end. */
  readonly signal: AbortSignal;
  out(text: string): void;
  error(text: string): void;
}

const descriptorMax = 1023;

/**
 * Runs a command line; its exit code, or undefined when what it started goes on. What goes wrong is told in one line
 * on standard error.
 */
export async function runCommandLine(host: Host): Promise<number | undefined> {
  try {
    return await run(host);
  } catch (error) {
    const failure = toChatError(error);
    host.error(`${errorText(host.argv, failure)}\n`);
    if (failure.code === "internal" && host.env["SOTTO_DEBUG"] !== undefined)
      host.error(`${String(failure.cause instanceof Error ? failure.cause.stack : failure.cause)}\n`);
    return host.signal.aborted ? 130 : chatErrorCodes[failure.code].exit;
  }
}

function errorText(argv: readonly string[], { code, message }: ChatError): string {
  if (argv.includes("--json")) return printableJson({ error: { code, message } });
  return `sotto: ${sanitizeLine(message)}`;
}

async function run(host: Host): Promise<number | undefined> {
  const { command: name, before, after } = splitCommand(host.argv);
  const command = await findCommand(name);
  if (command === undefined)
    throw new ChatError("badArgument", `There is no command "${name}"; sotto --help lists them.`);
  if ("runRaw" in command) {
    await command.runRaw(after);
    return undefined;
  }
  const { values, positionals } = parseOptions(command.options, [...before, ...after]);
  const io = createIo(values.flag("json"), host.out, host.error);
  if (values.flag("version")) {
    host.out(`sotto ${await version()}\n`);
    return 0;
  }
  if (values.flag("help")) {
    host.out(`${name === undefined ? programHelp(await allCommands()) : commandHelp(command)}\n`);
    return 0;
  }
  checkArguments(command, positionals);
  await runCommand(host, command, values, positionals, io);
  return 0;
}

function checkArguments({ name, arguments: [min, max], usage }: Command, given: readonly string[]): void {
  if (given.length >= min && given.length <= max) return;
  const problem = given.length < min ? "something is missing" : "there is too much";
  throw new ChatError("badArgument", `${problem}: sotto ${usage[0] ?? name}. See sotto ${name} --help.`);
}

async function runCommand(
  { env, signal, error }: Host,
  command: Command,
  options: OptionValues,
  args: readonly string[],
  io: Io,
): Promise<void> {
  const folders = foldersOf(
    { env, home: homedir() },
    { profile: options.text("profile"), data: options.text("data") },
  );
  const passphrases = passphrasesOf(options, env);
  const defects = new Defects(folders.errors);
  const { close, ...profile } = session({
    folders,
    passphrases,
    onDefect: (defect) => defects.note(defect),
    tellWrong: (text) => error(`${text}\n`),
  });
  try {
    await Promise.race([
      command.run({ args, options, io, folders, passphrases, signal, ...profile }),
      aborted(signal),
    ]);
  } finally {
    await close();
    if (defects.count > 0)
      error(`sotto: ${defects.count} mistakes of this program are noted in ${defects.path}\n`);
  }
}

/** Rejects when the user ends the command. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new ChatError("closed", "Stopped. What was done so far is kept."));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function passphrasesOf(options: OptionValues, env: Host["env"]): Passphrases {
  const descriptor = (name: string): number | undefined => options.whole(name, 0, descriptorMax);
  const current = {
    descriptor: descriptor("passphrase-fd"),
    env,
    variable: "SOTTO_PASSPHRASE",
    option: "--passphrase-fd",
  };
  const next = {
    descriptor: descriptor("new-passphrase-fd"),
    env,
    variable: "SOTTO_NEW_PASSPHRASE",
    option: "--new-passphrase-fd",
  };
  return {
    current: (question) => readPassphrase({ ...current, question }),
    next: (question) => readNewPassphrase({ ...next, question }),
    isGiven: () => current.descriptor !== undefined || env[current.variable] !== undefined,
    givenNext: () => givenPassphrase({ ...next, question: "" }),
  };
}

async function version(): Promise<string> {
  const { packageRoot } = await import("../open/local-relay/program.ts");
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "";
}
