import type { Command, RawCommand } from "./command.ts";
import { commonOptions, type OptionTable } from "./options.ts";

/** `sotto --help`. */
export function programHelp(commands: readonly (Command | RawCommand)[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return `sotto: a private chat for the terminal

usage:
  sotto                opens the terminal client
  sotto <command>      does one thing and ends; sotto <command> --help tells more

commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join("\n")}

options of all commands:
${describe(commonOptions)}

Exit codes: 0 done, 2 wrong call, 3 not found, 4 no profile, 10 to 13 link can't be used, 20 to 22 relay,
30 to 32 message, 40 passphrase, 41 in use elsewhere, 42 permission, 43 disk full, 44 damaged file, 70 our mistake.`;
}

/** `sotto <command> --help`. */
export function commandHelp({ usage, summary, options, details }: Command): string {
  const own = Object.keys(options).length === 0 ? "" : `\n\noptions:\n${describe(options)}`;
  return `${summary}

usage:
${usage.map((line) => `  sotto ${line}`).join("\n")}${own}

options of all commands:
${describe(commonOptions)}${details === undefined ? "" : `\n\n${details}`}`;
}

function describe(options: OptionTable): string {
  const names = Object.entries(options).map(([name, { value, help }]) => {
    return [`--${name}${value === undefined ? "" : ` ${value}`}`, help] as const;
  });
  const width = Math.max(...names.map(([name]) => name.length));
  return names.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`).join("\n");
}
