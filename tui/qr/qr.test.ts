import { expect, test } from "vitest";
import { lineText } from "../style/line.ts";
import { textWidth } from "../text/width.ts";
import { qrFit, qrLines, qrSize } from "./draw.ts";
import { type QrMatrix, qrMatrix } from "./matrix.ts";
import { qrPixels, qrPng } from "./picture.ts";
import { decodePng, readQr } from "./read.ts";

const shortLink = `https://relay.example/i#${"a".repeat(32)}/${"b".repeat(43)}`;
const localLink = `https://127.0.0.1/i#${"a".repeat(32)}/${"b".repeat(43)}?p=5223&c=${"c".repeat(43)}`;

/** The modules that drawn lines show, read cell by cell. */
function modulesOf(lines: readonly string[]): QrMatrix {
  return lines.flatMap((line) => [
    [...line].map((cell) => cell === "▀" || cell === "█"),
    [...line].map((cell) => cell === "▄" || cell === "█"),
  ]);
}

test.each(["x", shortLink, localLink, "simplex:/invitation#/".padEnd(1500, "z")])(
  "the code of %.30s reads back",
  (text) => {
    const matrix = qrMatrix(text);
    expect(matrix.length % 4).toBe(1);
    expect(matrix.every((row) => row.length === matrix.length)).toBe(true);
    expect(readQr(qrPixels(matrix, 4))).toBe(text);
  },
);

test("the code drawn in half blocks reads back from the characters", () => {
  const matrix = qrMatrix(shortLink);
  const modules = modulesOf(qrLines(matrix, "half", 4).map(lineText));
  const square = modules.slice(0, matrix.length + 8);
  expect(readQr(qrPixels(square, 4))).toBe(shortLink);
});

test("short links fit 80 by 24, also those that name a relay's fingerprint", () => {
  for (const link of [shortLink, localLink]) {
    const matrix = qrMatrix(link);
    const quiet = qrFit(matrix, "half", { columns: 80, rows: 24 });
    expect(quiet).toBeDefined();
    const lines = qrLines(matrix, "half", quiet ?? 0);
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines)
      expect(textWidth(lineText(line))).toBe(qrSize(matrix, "half", quiet ?? 0).columns);
  }
});

test("the small style takes a third of the rows", () => {
  const matrix = qrMatrix(localLink);
  expect(qrSize(matrix, "small", 2).rows).toBe(Math.ceil((matrix.length + 4) / 3));
  expect(qrLines(matrix, "small", 2)).toHaveLength(qrSize(matrix, "small", 2).rows);
  expect(qrFit(matrix, "half", { columns: 20, rows: 10 })).toBeUndefined();
});

test("the saved picture is read as a file is", () => {
  expect(readQr(decodePng(qrPng(qrMatrix(localLink))))).toBe(localLink);
});

test.each([
  ["no picture", new Uint8Array(100)],
  ["a cut picture", qrPng(qrMatrix("x")).subarray(0, 60)],
])("%s gives an error that says so", (_, bytes) => {
  expect(() => decodePng(bytes)).toThrow(/^cannot read the picture/);
});

test("a text that is too long gives an error", () => {
  expect(() => qrMatrix("x".repeat(3000))).toThrow(/too long/);
});
