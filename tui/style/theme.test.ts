import { expect, test } from "vitest";
import type { Line } from "./line.ts";
import { asksBackground, detectBackground, detectDepth, detectEmojiForm } from "./terminal-colours.ts";
import { type ColourDepth, createTheme, nameRole } from "./theme.ts";

test.each<[Record<string, string>, ColourDepth]>([
  [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, "true"],
  [{ TERM: "xterm-direct" }, "true"],
  [{ TERM: "tmux-256color" }, "256"],
  [{ TERM: "xterm" }, "16"],
  [{ TERM: "linux" }, "16"],
  [{ TERM: "dumb" }, "none"],
  [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, "none"],
  [{ TERM: "xterm", NO_COLOR: "" }, "16"],
])("%j has the colours %s", (env, depth) => {
  expect(detectDepth(env)).toBe(depth);
});

test("the background is told by the terminal, dark when it is not", () => {
  expect(detectBackground({ COLORFGBG: "0;15" })).toBe("light");
  expect(detectBackground({ COLORFGBG: "15;default;0" })).toBe("dark");
  expect(detectBackground({})).toBe("dark");
});

test("the terminal is asked where the answer matters and the question does not show", () => {
  expect(asksBackground({ TERM: "tmux-256color" }, "256")).toBe(true);
  expect(asksBackground({ TERM: "xterm-256color" }, "none")).toBe(false);
  expect(asksBackground({ TERM: "linux" }, "16")).toBe(false);
});

const line: Line = [
  { text: "a", role: "accent" },
  { text: "b", bold: true },
  { text: "c", link: "https://example.org" },
];

test.each<[ColourDepth, string]>([
  ["none", "a\x1b[1mb\x1b[0mc"],
  ["16", "\x1b[36ma\x1b[0m\x1b[1mb\x1b[0mc"],
  ["256", "\x1b[38;5;79ma\x1b[0m\x1b[1mb\x1b[0mc"],
  ["true", "\x1b[38;2;94;196;182ma\x1b[0m\x1b[1mb\x1b[0mc"],
])("with colours %s a line is drawn with these alone", (depth, expected) => {
  expect(createTheme(depth, "dark", false).render(line)).toBe(expected);
});

test("links are written only where they are wanted", () => {
  expect(createTheme("none", "dark", true).render(line)).toContain(
    "\x1b]8;;https://example.org\x07c\x1b]8;;\x07",
  );
});

/** Relative luminance and contrast ratio, as WCAG 2.2 defines them. */
function luminance([r = 0, g = 0, b = 0]: readonly number[]): number {
  const [x = 0, y = 0, z = 0] = [r, g, b].map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
function contrast(a: readonly number[], b: readonly number[]): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test("names can be read on both backgrounds", () => {
  for (const [background, rgb] of [
    ["dark", [24, 24, 24]],
    ["light", [255, 255, 255]],
  ] as const) {
    const theme = createTheme("true", background, false);
    for (const name of [
      "Grace",
      "Ada",
      "Alan",
      "Lin",
      "Barbara",
      "Edsger",
      "Radia",
      "Tim",
      "Hedy",
      "Claude",
    ]) {
      const colour = /38;2;(\d+);(\d+);(\d+)/
        .exec(theme.render([{ text: name, role: nameRole(name) }]))
        ?.slice(1)
        .map(Number);
      expect(contrast(colour ?? [], rgb), `${name} on ${background}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("a name has the same colour each time", () => {
  expect(nameRole("Grace")).toBe(nameRole("Grace"));
});

test("emoji are drawn in full only where the terminal is known to get them right", () => {
  expect(detectEmojiForm({ KITTY_WINDOW_ID: "1" })).toBe("full");
  expect(detectEmojiForm({ TERM_PROGRAM: "WezTerm" })).toBe("full");
  expect(detectEmojiForm({ TERM_PROGRAM: "WezTerm", TMUX: "x" })).toBe("simple");
  expect(detectEmojiForm({ TERM: "xterm-256color" })).toBe("simple");
});
