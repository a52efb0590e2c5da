import { expect, test } from "vitest";
import { createIo, printableJson } from "./io.ts";

test("JSON holds nothing that a terminal acts upon, and is the same value", () => {
  const value = { text: "\x1b[31m \x9b31m \u202e \u2028 é 日本 👍" };
  const text = printableJson(value);
  expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e\u2028]/);
  expect(JSON.parse(text)).toEqual(value);
  expect(printableJson(undefined)).toBe("null");
});

test("people get text, programs JSON and no words on the way", () => {
  const written = (json: boolean): string[] => {
    const lines: string[] = [];
    const io = createIo(
      json,
      (text) => lines.push(`out ${text}`),
      (text) => lines.push(`error ${text}`),
    );
    io.note("on the way");
    io.result({ a: 1 }, "one\x1b[2J");
    io.result([], "");
    return lines;
  };
  expect(written(false)).toEqual(["error on the way\n", "out one\n", "out "]);
  expect(written(true)).toEqual(['out {"a":1}\n', "out []\n"]);
});
