import { drawnText } from "../text/width.ts";
import type { Line, Role, Span } from "./line.ts";

/** How many colours the terminal has; `none` also for NO_COLOR. */
export type ColourDepth = "none" | "16" | "256" | "true";
export type Background = "dark" | "light";

/** A colour as [red, green, blue], for `true`; as a palette index for 256 and for 16. */
interface Colour {
  readonly rgb: readonly [number, number, number];
  readonly c256: number;
  /** 0 to 15. */
  readonly c16: number;
}

type Palette = Readonly<Record<Exclude<Role, "dim" | "selected" | "code" | "qr">, Colour>>;

const colour = (r: number, g: number, b: number, c256: number, c16: number): Colour => ({
  rgb: [r, g, b],
  c256,
  c16,
});

// Contrast against the background is at least 4.5:1 in both sets.
const dark: Palette = {
  accent: colour(94, 196, 182, 79, 6),
  error: colour(255, 120, 110, 210, 9),
  warning: colour(229, 180, 90, 179, 11),
  good: colour(130, 200, 120, 114, 10),
  name0: colour(110, 190, 250, 75, 12),
  name1: colour(240, 160, 120, 216, 3),
  name2: colour(160, 210, 120, 150, 10),
  name3: colour(220, 150, 230, 176, 13),
  name4: colour(240, 200, 110, 221, 11),
  name5: colour(120, 210, 210, 116, 14),
  name6: colour(250, 150, 170, 211, 9),
  name7: colour(170, 170, 250, 147, 5),
  "text-red": colour(255, 120, 110, 210, 9),
  "text-green": colour(130, 200, 120, 114, 10),
  "text-blue": colour(110, 170, 250, 75, 12),
  "text-yellow": colour(240, 200, 110, 221, 11),
  "text-cyan": colour(120, 210, 210, 116, 14),
  "text-magenta": colour(220, 150, 230, 176, 13),
};
const light: Palette = {
  accent: colour(0, 110, 100, 23, 6),
  error: colour(180, 30, 30, 124, 1),
  warning: colour(140, 90, 0, 94, 3),
  good: colour(30, 115, 40, 22, 2),
  name0: colour(0, 90, 160, 25, 4),
  name1: colour(160, 70, 20, 130, 1),
  name2: colour(50, 110, 20, 22, 2),
  name3: colour(130, 40, 150, 90, 5),
  name4: colour(130, 95, 0, 94, 3),
  name5: colour(0, 105, 115, 23, 6),
  name6: colour(170, 30, 80, 125, 1),
  name7: colour(80, 70, 180, 61, 4),
  "text-red": colour(180, 30, 30, 124, 1),
  "text-green": colour(30, 115, 40, 22, 2),
  "text-blue": colour(0, 90, 160, 25, 4),
  "text-yellow": colour(130, 95, 0, 94, 3),
  "text-cyan": colour(0, 105, 115, 23, 6),
  "text-magenta": colour(130, 40, 150, 90, 5),
};

/** Turns lines into text with SGR sequences for one terminal. */
export interface Theme {
  readonly depth: ColourDepth;
  render(line: Line): string;
}

export function createTheme(depth: ColourDepth, background: Background, links: boolean): Theme {
  const palette = background === "dark" ? dark : light;
  const codes = new Map<Role, readonly string[]>();
  const roleCodes = (role: Role): readonly string[] => {
    let found = codes.get(role);
    if (found === undefined) {
      found = sgrOf(role, palette, depth);
      codes.set(role, found);
    }
    return found;
  };
  const renderSpan = (part: Span): string => {
    const sgr = part.role === undefined ? [] : [...roleCodes(part.role)];
    if (part.bold) sgr.push("1");
    if (part.italic) sgr.push("3");
    if (part.underline) sgr.push("4");
    if (part.strike) sgr.push("9");
    const text = drawnText(part.text);
    const styled = sgr.length === 0 ? text : `\x1b[${sgr.join(";")}m${text}\x1b[0m`;
    return part.link !== undefined && links ? `\x1b]8;;${part.link}\x07${styled}\x1b]8;;\x07` : styled;
  };
  return {
    depth,
    render: (line) => line.map((part) => (part.text === "" ? "" : renderSpan(part))).join(""),
  };
}

function sgrOf(role: Role, palette: Palette, depth: ColourDepth): readonly string[] {
  switch (role) {
    case "dim":
      return ["2"];
    case "selected":
      return ["7"];
    case "code":
      return depth === "none" ? [] : ["2"];
    case "qr":
      return qrColours(depth);
    default:
      return foreground(palette[role], depth);
  }
}

// A scanner needs black on white whatever the theme. Without colours there is only the terminal's own pair.
function qrColours(depth: ColourDepth): readonly string[] {
  if (depth === "true") return ["38;2;0;0;0", "48;2;255;255;255"];
  if (depth === "256") return ["38;5;16", "48;5;231"];
  return ["30", depth === "16" ? "107" : "47"];
}

function foreground({ rgb, c256, c16 }: Colour, depth: ColourDepth): readonly string[] {
  switch (depth) {
    case "none":
      return [];
    case "16":
      return [`${c16 < 8 ? 30 + c16 : 82 + c16}`];
    case "256":
      return [`38;5;${c256}`];
    case "true":
      return [`38;2;${rgb.join(";")}`];
  }
}

/** A stable colour for a name: the same person has the same colour at every start. */
export function nameRole(name: string): Role {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  const index = hash % 8;
  return `name${index as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;
}
