import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textSpans } from "./markdown.ts";

describe("textSpans", () => {
  test.each([
    ["*bold* and plain", [{ text: "bold", styles: ["bold"] }, { text: " and plain" }]],
    [
      "an _italic one_ here",
      [{ text: "an " }, { text: "italic one", styles: ["italic"] }, { text: " here" }],
    ],
    ["~gone~", [{ text: "gone", styles: ["strike"] }]],
    ["`a * b`", [{ text: "a * b", styles: ["code"] }]],
    ["#secret#", [{ text: "secret", styles: ["secret"] }]],
    ["!1 red!", [{ text: "red", colour: "red" }]],
    [
      "see https://a.b/c?d=e.",
      [{ text: "see " }, { text: "https://a.b/c?d=e", link: "https://a.b/c?d=e" }, { text: "." }],
    ],
    ["ada@example.com", [{ text: "ada@example.com", link: "mailto:ada@example.com" }]],
    ["+44 20 1234 5678", [{ text: "+44 20 1234 5678", link: "tel:+442012345678" }]],
    ["simplex:/contact#/?v=2", [{ text: "simplex:/contact#/?v=2", link: "simplex:/contact#/?v=2" }]],
  ])("%s", (text, spans) => {
    expect(textSpans(text)).toEqual(spans);
  });

  test.each([
    "plain",
    "2*3*4",
    "* not bold*",
    "*not bold *",
    "snake_case_name",
    "a ~ b",
    "!7 no!",
    "**",
    "*",
    "",
    "!1 !",
    "javascript:alert(1)",
    "+1",
  ])("leaves %j as it is", (text) => {
    expect(textSpans(text)).toBeUndefined();
  });

  test("loses nothing but the marks, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("*", "_", "!", "1", " ", "a", "#", "`", "+", "http://x", "\n", "😀"),
        }),
        (text) => {
          const spans = textSpans(text);
          if (spans === undefined) return;
          let rest = text;
          for (const span of spans) {
            const at = rest.indexOf(span.text);
            expect(at).toBeGreaterThanOrEqual(0);
            expect(at).toBeLessThanOrEqual(4);
            rest = rest.slice(at + span.text.length);
          }
          expect(rest.length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
