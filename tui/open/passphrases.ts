import { readSync } from "node:fs";
import { ChatError } from "../../core/chat/api.ts";
import { askHidden, withHiddenTyping } from "./hidden-typing.ts";

/** Longest passphrase that is read, in bytes. */
const passphraseBytesMax = 4096;

/** Where a passphrase comes from, in this order: a file descriptor, a variable, the person at the terminal. */
export interface PassphraseSource {
  /** What it is for, as a question: "Passphrase". */
  readonly question: string;
  readonly descriptor: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly variable: string;
  /** The option of the command line that names a descriptor. */
  readonly option: string;
}

/** Whether a person can be asked without mixing that with a result. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** A passphrase that was given without asking, if one was. @throws ChatError badArgument when the descriptor can't be read */
export function givenPassphrase({ descriptor, env, variable }: PassphraseSource): string | undefined {
  return descriptor === undefined ? env[variable] : readFirstLine(descriptor);
}

/** @throws ChatError wrongPassphrase when none is given and nobody can be asked */
export async function readPassphrase(source: PassphraseSource): Promise<string> {
  const given = givenPassphrase(source);
  if (given !== undefined) return given;
  if (canAsk()) return askHidden(`${source.question}: `);
  throw new ChatError(
    "wrongPassphrase",
    `A passphrase is needed: type it in a terminal, set ${source.variable}, or name a file descriptor with ${source.option}.`,
  );
}

/** A passphrase to be set: a person types it twice. */
export async function readNewPassphrase(source: PassphraseSource): Promise<string> {
  const given = givenPassphrase(source);
  if (given !== undefined || !canAsk()) return given ?? (await readPassphrase(source));
  return withHiddenTyping(async () => {
    const first = await askHidden(`${source.question}: `);
    if (first !== (await askHidden(`${source.question} again: `)))
      throw new ChatError("badArgument", "These were two different passphrases. Nothing was changed.");
    return first;
  });
}

/** The first line, read byte by byte so that whatever follows stays there for others. */
function readFirstLine(descriptor: number): string {
  const bytes = new Uint8Array(passphraseBytesMax);
  let length = 0;
  try {
    while (length < bytes.length && readSync(descriptor, bytes, length, 1, null) === 1) {
      if (bytes[length] === 0x0a) break;
      length++;
    }
  } catch {
    throw new ChatError("badArgument", `File descriptor ${descriptor} can't be read.`);
  }
  return new TextDecoder().decode(bytes.subarray(0, length)).replace(/\r$/, "");
}
