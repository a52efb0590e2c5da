import { expect, test } from "vitest";
import { copySequence, notifySequence, titleSequence } from "./sequences.ts";

test("the clipboard gets the text's UTF-8 bytes in base64", () => {
  expect(copySequence("é", false)).toBe("\x1b]52;c;w6k=\x07");
});

test("inside tmux the sequence goes wrapped as well, with escapes doubled", () => {
  expect(copySequence("a", true)).toBe("\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\");
});

test("each kind of notification has its own form", () => {
  expect(notifySequence("off", "Grace", "hi", false)).toBe("");
  expect(notifySequence("bell", "Grace", "hi", false)).toBe("\x07");
  expect(notifySequence("osc9", "Grace", "hi", false)).toBe("\x1b]9;Grace: hi\x07\x07");
  expect(notifySequence("osc777", "G;race", "a;b", false)).toBe("\x1b]777;notify;G,race;a,b\x07\x07");
  expect(titleSequence("sotto (2)")).toBe("\x1b]2;sotto (2)\x07");
});
