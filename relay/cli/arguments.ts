import { SettingError, settingNames } from "../settings/settings.ts";

/** The words of a command line: the command and what it is about, and flags with their values. */
export interface Arguments {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

/** Flags that are not settings. */
export const commandFlags = ["config", "import", "algorithm", "reason", "notice"] as const;

/**
 * Splits a command line: `--name value`, `--name=value`, and words.
 * @throws SettingError for a flag that there is not, or without a value
 */
export function parseArguments(args: readonly string[]): Arguments {
  const known: ReadonlySet<string> = new Set([...settingNames, ...commandFlags]);
  const words: string[] = [];
  const flags: Record<string, string> = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name, , inline] = /^--([^=]+)(=(.*))?$/s.exec(arg) ?? [];
    if (name === undefined) {
      words.push(arg);
      continue;
    }
    if (!known.has(name)) throw new SettingError(`cannot use flag --${name}: there is none of this name`);
    // A value that begins like a flag is one whose own value was forgotten; it can be given with =.
    const value = inline ?? (rest[0]?.startsWith("--") ? undefined : rest.shift());
    if (value === undefined) throw new SettingError(`cannot use flag --${name}: its value is missing`);
    flags[name] = value;
  }
  return { words, flags };
}
