import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backgroundQuery, Reports } from "./reports.ts";

const attributes = "\x1b[?62;4;22c";

/** What is typed, when the pieces come after the question, and what the terminal is said to have. */
function answered(...pieces: readonly string[]) {
  const focus: boolean[] = [];
  const reports = new Reports((focused) => focus.push(focused));
  reports.ask();
  const typed = pieces.map((piece) => reports.push(piece)).join("");
  return { typed, focus, reports, background: reports.background };
}

test("the question for the colour is followed by one that every terminal answers", () => {
  expect(backgroundQuery).toBe("\x1b]11;?\x1b\\\x1b[c");
});

describe("the answer of the terminal", () => {
  test.each([
    ["rgb:ffff/ffff/ffff", "light"],
    ["rgb:0000/0000/0000", "dark"],
    ["rgb:fd/f6/e3", "light"],
    ["rgb:1e1e/1e1e/2e2e", "dark"],
    ["rgb:f/f/f", "light"],
    ["rgba:ffff/ffff/ffff/8080", "light"],
    ["rgb:0000/0000/ffff", "dark"],
    ["rgb:0000/ffff/0000", "light"],
    ["rgb:FFFF/FFFF/FFFF", "light"],
    ["rgb:fffff/0/0", undefined],
    ["rgb:ffff/ffff", undefined],
    ["rgb:gg/00/00", undefined],
    ["white", undefined],
    ["", undefined],
  ])("%s is %s", (colour, expected) => {
    for (const end of ["\x07", "\x1b\\"]) {
      const { typed, background, reports } = answered(`\x1b]11;${colour}${end}${attributes}`);
      expect({ typed, background }).toEqual({ typed: "", background: expected });
      expect(reports.isAsked).toBe(false);
    }
  });

  test("without a colour is complete at once", () => {
    const { typed, background, reports } = answered(attributes);
    expect({ typed, background, asked: reports.isAsked }).toEqual({
      typed: "",
      background: undefined,
      asked: false,
    });
  });

  test("is taken out of what is typed, in whatever pieces it comes, and in either order", () => {
    const colour = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\";
    const key = fc.constantFrom("a", "]", "11;", "[", "c", "?", "é", "\r", "\x1b[A", "\x1b[200~x\x1b[201~");
    const keys = fc.array(key).map((pressed) => pressed.join(""));
    const cuts = fc.array(fc.nat(60), { maxLength: 6 });
    fc.assert(
      fc.property(keys, keys, keys, cuts, fc.boolean(), (before, between, after, at, swapped) => {
        const answers = swapped ? [attributes, colour] : [colour, attributes];
        const input = `${before}${answers[0]}${between}${answers[1]}${after}`;
        const places = [0, ...at.toSorted((a, b) => a - b), input.length];
        // Once the attributes are there, a colour that is cut before its number could be keys.
        const pieces = swapped ? [input] : places.map((place, i) => input.slice(place, places[i + 1]));
        const { typed, background, reports } = answered(...pieces);
        expect(typed + reports.release()).toBe(before + between + after);
        expect(background).toBe("light");
      }),
    );
  });

  test("that does not end is typed text after some length, and nothing grows", () => {
    const endless = `\x1b]11;${"f".repeat(1000)}`;
    expect(answered(endless).typed).toBe(endless);
    const { typed, reports } = answered(...endless);
    expect(typed + reports.release()).toBe(endless);
  });
});

test("an escape that may begin an answer is held back until it turns out to be a key", () => {
  const { typed, reports } = answered("a\x1b");
  expect(typed).toBe("a");
  expect(reports.holdsKey).toBe(true);
  expect(reports.release()).toBe("\x1b");
  expect(reports.push("]11;rgb:")).toBe("]11;rgb:");
  expect(reports.push("\x1b]11;rgb:")).toBe("");
  expect(reports.holdsKey).toBe(false);
});

test("nothing is held back, nor an answer taken, when nothing was asked", () => {
  const reports = new Reports(() => undefined);
  for (const text of ["\x1b", "\x1b]11;rgb:0/0/0\x07", "\x1b[?1;2c"]) expect(reports.push(text)).toBe(text);
});

test("the focus of the window is told, and is no key", () => {
  const { typed, focus } = answered(`a\x1b[Ob${attributes}\x1b[Ic\x1b[D`);
  expect(typed).toBe("abc\x1b[D");
  expect(focus).toEqual([false, true]);
});
