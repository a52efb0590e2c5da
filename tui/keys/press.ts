import type { Key } from "ink";
import { graphemes } from "../text/width.ts";

/** One key as the key map names it: "a", "ctrl-k", "alt-enter", "shift-tab", "pageup"; `text` is what it types. */
export interface Press {
  readonly name: string;
  readonly text?: string;
}

const controlKeys: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "ctrl-j",
  "\t": "tab",
  "\b": "backspace",
  "\x7f": "backspace",
};

/**
 * The keys in one call of Ink's `useInput`. A slow line joins several keys into one chunk, so that text may hold an
 * enter or a tab: each becomes a key of its own.
 */
export function pressesOf(input: string, key: Key): Press[] {
  if (key.eventType === "release") return [];
  const special = specialName(key);
  if (special !== undefined) return [{ name: withModifiers(special, key) }];
  if (input === "") return [];
  if (key.ctrl) return [{ name: withModifiers(input.toLowerCase(), { ...key, shift: false }) }];
  if (key.meta) return [{ name: withModifiers(controlKeys[input] ?? input, { ...key, shift: false }) }];
  return graphemes(input).flatMap(pressOf);
}

function pressOf(grapheme: string): Press[] {
  // "\r\n" is one grapheme and one enter.
  if (grapheme === "\r\n") return [{ name: "enter" }];
  const control = controlKeys[grapheme];
  if (control !== undefined) return [{ name: control }];
  const code = grapheme.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0 ? [] : [{ name: `ctrl-${String.fromCharCode(code + 0x60)}` }];
  return [{ name: grapheme === " " ? "space" : grapheme, text: grapheme }];
}

function specialName(key: Key): string | undefined {
  if (key.upArrow) return "up";
  if (key.downArrow) return "down";
  if (key.leftArrow) return "left";
  if (key.rightArrow) return "right";
  if (key.pageUp) return "pageup";
  if (key.pageDown) return "pagedown";
  if (key.home) return "home";
  if (key.end) return "end";
  if (key.return) return "enter";
  if (key.escape) return "esc";
  if (key.tab) return "tab";
  if (key.backspace) return "backspace";
  if (key.delete) return "delete";
  return undefined;
}

function withModifiers(name: string, { ctrl, meta, shift }: Pick<Key, "ctrl" | "meta" | "shift">): string {
  // A terminal sends escape with "meta" set; it is no modifier there.
  const alt = meta && name !== "esc" ? "alt-" : "";
  return `${ctrl ? "ctrl-" : ""}${alt}${shift ? "shift-" : ""}${name}`;
}
