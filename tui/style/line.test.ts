import fc from "fast-check";
import { expect, test } from "vitest";
import { fitLine, lineText, lineWidth, span, spread, truncateLine } from "./line.ts";

test("left and right stand at the edges, and the left gives way", () => {
  expect(lineText(spread([span("name")], [span("14:02")], 12))).toBe("name   14:02");
  expect(lineText(spread([span("a long name")], [span("14:02")], 10))).toBe("a l… 14:02");
  expect(lineText(spread([span("name")], [], 6))).toBe("name  ");
});

test("a cut line keeps the styles of what is left", () => {
  expect(truncateLine([span("ab", "accent"), span("cdef", "dim")], 4)).toEqual([
    span("ab", "accent"),
    span("c…", "dim"),
  ]);
});

test("fitted and spread lines take exactly the width asked for", () => {
  const texts = fc.array(fc.constantFrom("a", "日本", "👍", "long word ", "e\u0301"), { maxLength: 6 });
  fc.assert(
    fc.property(texts, texts, fc.integer({ min: 1, max: 40 }), (left, right, width) => {
      const [a, b] = [left.map((text) => span(text)), right.map((text) => span(text))];
      expect(lineWidth(fitLine(a, width))).toBe(width);
      expect(lineWidth(spread(a, b, width))).toBe(width);
    }),
  );
});
