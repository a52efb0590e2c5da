import { expect, test } from "vitest";
import {
  type Composer,
  type ComposerAction,
  compose,
  composerOf,
  draftOf,
  emptyComposer,
} from "./composer.ts";

function run(...actions: ComposerAction[]): Composer {
  return actions.reduce(compose, emptyComposer);
}
const type = (text: string): ComposerAction => ({ type: "insert", text });

test("sent texts come back, latest first, and what was typed is there again below them", () => {
  const state = run(type("one"), { type: "sent" }, type("two"), { type: "sent" }, type("half"));
  const back = compose(state, { type: "historyBack" });
  expect(back.edit.text).toBe("two");
  const first = compose(back, { type: "historyBack" });
  expect(first.edit.text).toBe("one");
  expect(compose(first, { type: "historyBack" })).toBe(first);
  const forward = compose(compose(first, { type: "historyForward" }), { type: "historyForward" });
  expect(forward.edit.text).toBe("half");
});

test("a draft keeps text, reply and edit marks", () => {
  const reply = run(type("yes"), { type: "reply", to: 7 });
  expect(draftOf(reply)).toEqual({ text: "yes", replyTo: 7 });
  expect(draftOf(composerOf({ text: "yes", replyTo: 7 }))).toEqual({ text: "yes", replyTo: 7 });
  expect(draftOf(run({ type: "editMessage", id: 3, text: "old" }))).toEqual({ text: "old", editing: 3 });
});

test("giving up a reply keeps the text, giving up an edit does not", () => {
  expect(draftOf(run(type("yes"), { type: "reply", to: 7 }, { type: "cancel" }))).toEqual({ text: "yes" });
  expect(draftOf(run({ type: "editMessage", id: 3, text: "old" }, { type: "cancel" }))).toEqual({ text: "" });
  expect(compose(emptyComposer, { type: "cancel" })).toBe(emptyComposer);
});

test("an edited text is not a sent one", () => {
  expect(run({ type: "editMessage", id: 3, text: "old" }, { type: "sent" }).history).toEqual([]);
});

test("up on the only row changes nothing", () => {
  expect(compose(emptyComposer, { type: "up", width: 20 })).toBe(emptyComposer);
});

test("neither a paste nor a kept text brings control characters onto the screen", () => {
  expect(run(type("a\x1b[2Jb\u202ec")).edit).toEqual({ text: "abc", cursor: 3 });
  expect(run({ type: "editMessage", id: 3, text: "x\x07y" }).edit.text).toBe("xy");
  expect(composerOf({ text: "x\x1b]0;t\x07y" }).edit.text).toBe("xy");
});
