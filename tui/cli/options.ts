import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { ChatError } from "../../core/chat/api.ts";

/** An option of a command: a flag, or one with a value that `value` names for the help. */
export interface Option {
  readonly help: string;
  readonly value?: string;
  readonly multiple?: boolean;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** The options of one call. */
export interface OptionValues {
  flag(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  /** A whole number from `min` to `max`. @throws ChatError badArgument */
  whole(name: string, min: number, max: number): number | undefined;
  /** A duration such as 30s, 5m, 2h, or seconds; in milliseconds. @throws ChatError badArgument */
  durationMs(name: string): number | undefined;
}

/** Options that every command takes. */
export const commonOptions: OptionTable = {
  profile: { value: "NAME", help: "the profile on this machine (default)" },
  data: { value: "DIR", help: "folder for all data, in place of the XDG folders" },
  json: { help: "results as JSON, for programs" },
  "passphrase-fd": {
    value: "N",
    help: "file descriptor to read the passphrase from (or set SOTTO_PASSPHRASE)",
  },
  help: { help: "shows this help" },
  version: { help: "shows the version" },
};

export interface Parsed {
  /** The command, if the line names one. */
  readonly command: string | undefined;
  /** What stands before it, and what behind. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Finds the command: the first word that is neither an option nor the value of one. */
export function splitCommand(argv: readonly string[]): Parsed {
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") {
      return { command: word, before: argv.slice(0, index), after: argv.slice(index + 1) };
    }
    const name = word.replace(/^--/, "");
    if (commonOptions[name]?.value !== undefined) index++;
  }
  return { command: undefined, before: argv, after: [] };
}

/** @throws ChatError badArgument naming what is wrong */
export function parseOptions(
  table: OptionTable,
  rest: readonly string[],
): { readonly values: OptionValues; readonly positionals: readonly string[] } {
  const config: ParseArgsOptionsConfig = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "V" },
  };
  for (const [name, option] of Object.entries({ ...commonOptions, ...table })) {
    config[name] ??= {
      type: option.value === undefined ? "boolean" : "string",
      ...(option.multiple === true ? { multiple: true } : {}),
    };
  }
  const parsed = parse(config, rest);
  return { values: valuesOf(new Map(Object.entries(parsed.values))), positionals: parsed.positionals };
}

function parse(options: ParseArgsOptionsConfig, rest: readonly string[]) {
  try {
    return parseArgs({ options, args: [...rest], allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Node goes on about arguments that begin with a dash; the first sentence says what is wrong.
    const [first = message] = message.split(/\. |\n/);
    throw new ChatError("badArgument", `${first.replace(/\.$/, "")}.`);
  }
}

function valuesOf(values: ReadonlyMap<string, unknown>): OptionValues {
  const text = (name: string): string | undefined => {
    const value = values.get(name);
    return typeof value === "string" ? value : undefined;
  };
  return {
    flag: (name) => values.get(name) === true,
    text,
    texts: (name) => {
      const value = values.get(name);
      return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
    },
    whole(name, min, max) {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = Number(given);
      if (/^\d+$/.test(given) && value >= min && value <= max) return value;
      throw new ChatError("badArgument", `--${name} must be a whole number from ${min} to ${max}.`);
    },
    durationMs(name) {
      const given = text(name);
      if (given === undefined) return undefined;
      const [, amount, unit = "s"] = /^(\d{1,9})(s|m|h)?$/.exec(given) ?? [];
      if (amount === undefined)
        throw new ChatError("badArgument", `--${name} must be a duration such as 30s, 5m or 2h.`);
      return Number(amount) * (unit === "h" ? 3_600_000 : unit === "m" ? 60_000 : 1000);
    },
  };
}
