import { expect, test } from "vitest";
import { commandOf, defaultKeyMap, keysOf, mergeKeyMap } from "./keymap.ts";

test("a place's own key goes before the one of everywhere", () => {
  expect(commandOf(defaultKeyMap, "composer", "tab")).toBe("composer.complete");
  expect(commandOf(defaultKeyMap, "messages", "tab")).toBe("chats.next");
  expect(commandOf(defaultKeyMap, "composer", "x")).toBeUndefined();
});

test("the user's keys are laid over the defaults, and can take keys away", () => {
  const { map, unknown } = mergeKeyMap({ composer: { "ctrl-s": "composer.send", enter: "" }, nowhere: {} });
  expect(commandOf(map, "composer", "ctrl-s")).toBe("composer.send");
  expect(commandOf(map, "composer", "enter")).toBeUndefined();
  expect(commandOf(map, "composer", "esc")).toBe("composer.back");
  expect(unknown).toEqual(["nowhere"]);
});

test("keys of a command are found for the help", () => {
  expect(keysOf(defaultKeyMap, "messages", "messages.previous")).toEqual(["up", "k"]);
  expect(keysOf(defaultKeyMap, "composer", "chats.next")).toEqual(["alt-down"]);
});
