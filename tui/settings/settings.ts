import type { Bindings } from "../keys/keymap.ts";
import type { NotificationStyle } from "../terminal/sequences.ts";

/** What the user's settings file holds; how the client looks and feels, nothing that is secret. */
export interface Settings {
  readonly background: "auto" | "dark" | "light";
  readonly colours: "auto" | "none" | "16" | "256" | "true";
  /** Emoji of several code points: as they are, or their first one alone where the terminal might get them wrong. */
  readonly emoji: "auto" | "simple" | "full";
  /** Clickable links (OSC 8). */
  readonly links: boolean;
  readonly notify: NotificationStyle;
  /** How much a notification tells: that there is something, who, or also what. */
  readonly notifyDetail: "none" | "name" | "text";
  /** Changes to the key map, by place and key. */
  readonly keys: Readonly<Record<string, Bindings>>;
}

export const defaultSettings: Settings = {
  background: "auto",
  colours: "auto",
  emoji: "auto",
  links: true,
  notify: "osc9",
  notifyDetail: "name",
  keys: {},
};

/** The values each choice can take, in the order they are offered. */
export const settingChoices = {
  background: ["auto", "dark", "light"],
  colours: ["auto", "none", "16", "256", "true"],
  emoji: ["auto", "simple", "full"],
  notify: ["osc9", "osc777", "bell", "off"],
  notifyDetail: ["none", "name", "text"],
} as const;

/** Settings from what a file held; a wrong value becomes the default and is named in `problems`. */
export function parseSettings(value: unknown): { settings: Settings; problems: string[] } {
  const problems: string[] = [];
  if (!isRecord(value)) return { settings: defaultSettings, problems: ["the file is not a JSON object"] };
  const choice = <const T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const found = choices.find((known) => known === value[name]);
    if (found === undefined && value[name] !== undefined)
      problems.push(`${name} must be one of ${choices.join(", ")}`);
    return found ?? fallback;
  };
  if (value["links"] !== undefined && typeof value["links"] !== "boolean")
    problems.push("links must be true or false");
  return {
    settings: {
      background: choice("background", settingChoices.background, defaultSettings.background),
      colours: choice("colours", settingChoices.colours, defaultSettings.colours),
      emoji: choice("emoji", settingChoices.emoji, defaultSettings.emoji),
      links: typeof value["links"] === "boolean" ? value["links"] : defaultSettings.links,
      notify: choice("notify", settingChoices.notify, defaultSettings.notify),
      notifyDetail: choice("notifyDetail", settingChoices.notifyDetail, defaultSettings.notifyDetail),
      keys: parseKeys(value["keys"], problems),
    },
    problems,
  };
}

function parseKeys(value: unknown, problems: string[]): Settings["keys"] {
  return entriesOf(value, (place, name) => {
    if (isRecord(place))
      return entriesOf(place, (command) => (typeof command === "string" ? command : undefined));
    problems.push(`keys.${name} must be an object of key names and commands`);
    return undefined;
  });
}

function entriesOf<T>(
  value: unknown,
  parse: (value: unknown, name: string) => T | undefined,
): Record<string, T> {
  const result: Record<string, T> = {};
  if (!isRecord(value)) return result;
  for (const [name, entry] of Object.entries(value)) {
    const parsed = parse(entry, name);
    if (parsed !== undefined) result[name] = parsed;
  }
  return result;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
