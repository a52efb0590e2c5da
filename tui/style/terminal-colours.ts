import type { EmojiForm } from "../text/width.ts";
import type { Background, ColourDepth } from "./theme.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Colours of the terminal by its environment: NO_COLOR, COLORTERM, TERM, as terminals and tools agree on them. */
export function detectDepth(env: Environment): ColourDepth {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return "none";
  const term = env["TERM"] ?? "";
  if (term === "dumb") return "none";
  if (/truecolor|24bit/i.test(env["COLORTERM"] ?? "") || /-direct$/.test(term)) return "true";
  if (/256/.test(term)) return "256";
  return "16";
}

/**
 * Whether to ask the terminal for its background: not where no colour is drawn, nor on the console of Linux, which is
 * dark and may show the question.
 */
export function asksBackground(env: Environment, depth: ColourDepth): boolean {
  return depth !== "none" && env["TERM"] !== "linux";
}

/** COLORFGBG is "foreground;background" (some put a word between); 7 and 15 are light. Dark when nothing is known. */
export function detectBackground(env: Environment): Background {
  const index = env["COLORFGBG"]?.split(";").at(-1);
  return index === "7" || index === "15" ? "light" : "dark";
}

/**
 * Terminals that are known to give emoji of several code points the two cells that Unicode gives them; tmux between
 * does not.
 */
export function detectEmojiForm(env: Environment): EmojiForm {
  if (env["TMUX"] !== undefined || env["STY"] !== undefined) return "simple";
  const program = env["TERM_PROGRAM"] ?? "";
  const known = ["WezTerm", "ghostty", "iTerm.app"].includes(program) || env["KITTY_WINDOW_ID"] !== undefined;
  return known ? "full" : "simple";
}
