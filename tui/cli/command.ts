import type { Chat } from "../../core/chat/api.ts";
import type { Folders } from "../open/folders.ts";
import type { OpenProfile } from "../open/open-profile.ts";
import type { Io } from "./io.ts";
import type { OptionTable, OptionValues } from "./options.ts";

/** A command of the command line, such as `send`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The ways to call it, without the name of the program. */
  readonly usage: readonly string[];
  readonly options: OptionTable;
  /** More than the options say, for its own help. */
  readonly details?: string;
  /** How many arguments it takes; more are refused, fewer are told to be missing. */
  readonly arguments: readonly [min: number, max: number];
  /** @throws ChatError */
  run(call: Call): Promise<void>;
}

/** A command that gets everything behind its name as it is. */
export interface RawCommand {
  readonly name: string;
  readonly summary: string;
  readonly usage: readonly string[];
  /** Runs until the process is told to end, or resolves when it is done. */
  runRaw(args: readonly string[]): Promise<void>;
}

/** One call of a command. */
export interface Call {
  readonly args: readonly string[];
  readonly options: OptionValues;
  readonly io: Io;
  readonly folders: Folders;
  readonly passphrases: Passphrases;
  /** Aborted when the user wants the command to end. */
  readonly signal: AbortSignal;
  /** Opens the profile, which has to be there. @throws ChatError noProfile */
  open(): Promise<OpenProfile>;
  /** Opens the profile, or creates its store. */
  openOrCreate(passphrase?: string): Promise<OpenProfile>;
}

/** The passphrases that a command may need. */
export interface Passphrases {
  /** That of the profile, or of the backup that it is restored from. */
  current(question: string): Promise<string>;
  /** Whether that was given without asking. */
  isGiven(): boolean;
  /** One to be set, of the profile or of a backup. */
  next(question: string): Promise<string>;
  /** One to be set, if it was given without asking. */
  givenNext(): string | undefined;
}

/** Milliseconds that deleting something at a relay may take before a command ends without it. */
const finishTimeoutMs = 20_000;

/** Waits until relays have done what was asked for, and tells a person if they have not. */
export async function finish({ open, io }: Call): Promise<void> {
  const { finished } = await open();
  if (!(await finished(finishTimeoutMs)))
    io.note("The relay could not be reached. It is told when sotto runs next.");
}

/** Opens the profile for a command that needs the network: a relay on this machine is up when it resolves. */
export async function openConnected(call: Call): Promise<Chat> {
  const { chat, relayReady } = await call.open();
  await relayReady();
  return chat;
}
