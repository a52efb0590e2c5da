import type { Key } from "ink";
import { expect, test } from "vitest";
import { pressesOf } from "./press.ts";

const none: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

test.each<[string, string, Partial<Key>, string[]]>([
  ["a letter", "a", {}, ["a"]],
  ["a capital", "A", { shift: true }, ["A"]],
  ["space", " ", {}, ["space"]],
  ["control", "k", { ctrl: true }, ["ctrl-k"]],
  ["alt", "j", { meta: true }, ["alt-j"]],
  ["alt-enter", "", { return: true, meta: true }, ["alt-enter"]],
  ["escape", "", { escape: true, meta: true }, ["esc"]],
  ["shift-tab", "", { tab: true, shift: true }, ["shift-tab"]],
  ["a joined chunk", "hi\rx\t", {}, ["h", "i", "enter", "x", "tab"]],
  ["line feed", "\n", {}, ["ctrl-j"]],
  ["a control byte in a chunk", "a\x0bb", {}, ["a", "ctrl-k", "b"]],
  ["an emoji of several code points", "👩‍👩‍👧", {}, ["👩‍👩‍👧"]],
  ["a key let go", "a", { eventType: "release" }, []],
])("%s", (_, input, key, names) => {
  expect(pressesOf(input, { ...none, ...key }).map(({ name }) => name)).toEqual(names);
});
