import { isAbsolute, join, resolve } from "node:path";
import { ChatError } from "../../core/chat/api.ts";

/** Where everything of one profile lives. All paths are absolute. */
export interface Folders {
  /** Name of the profile on this machine; not what contacts see. */
  readonly profile: string;
  /** The encrypted store of the profile. */
  readonly store: string;
  /** What tells an old copy of the store from the store. */
  readonly witness: string;
  /** Where mistakes of this program are noted. */
  readonly errors: string;
  /** The relay on this machine, which all profiles share. */
  readonly relay: string;
  /** The settings file, which all profiles share. */
  readonly settings: string;
  /** The file of what the profile had open last. */
  readonly lastOpen: string;
}

export const defaultProfile = "default";

const namePattern = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,63}$/u;

/** The variables of the environment that say where data belong ("XDG Base Directory Specification"). */
export interface FolderEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The folders of a profile: under the XDG folders of the user, or all within `data`.
 * @throws ChatError badArgument when the name of the profile can't be that of a folder
 */
export function foldersOf(
  { env, home }: FolderEnvironment,
  {
    profile = defaultProfile,
    data,
  }: { readonly profile?: string | undefined; readonly data?: string | undefined },
): Folders {
  if (!namePattern.test(profile)) {
    throw new ChatError(
      "badArgument",
      "The name of a profile is 1 to 64 letters, digits, and the marks . _ - (not first).",
    );
  }
  if (data === "") throw new ChatError("badArgument", "The folder after --data is empty.");
  // The specification has relative paths in these variables ignored.
  const base = (variable: string, fallback: string): string => {
    const value = env[variable];
    return join(value !== undefined && isAbsolute(value) ? value : join(home, fallback), "sotto");
  };
  const within = data === undefined ? undefined : resolve(data);
  const dataFolder = within ?? base("XDG_DATA_HOME", ".local/share");
  return {
    profile,
    store: join(dataFolder, "profiles", profile),
    errors: join(within ?? base("XDG_STATE_HOME", ".local/state"), "errors.log"),
    witness:
      within === undefined ? join(base("XDG_STATE_HOME", ".local/state"), "stores") : join(within, "state"),
    relay: join(dataFolder, "relay"),
    settings: join(within ?? base("XDG_CONFIG_HOME", ".config"), "settings.json"),
    lastOpen: join(within ?? base("XDG_STATE_HOME", ".local/state"), "last-open", `${profile}.json`),
  };
}
