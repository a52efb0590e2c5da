import { expect, test } from "vitest";
import { lineText } from "../style/line.ts";
import { textWidth } from "../text/width.ts";
import { emptyPageState, focusedRow, nextOption, type Page, type PageState, reducePage } from "./page.ts";
import { pageView } from "./view.ts";

const page: Page = {
  title: "Settings",
  aside: "saved at once",
  rows: [
    { kind: "note", line: [{ text: "A note" }] },
    { kind: "text", id: "name", label: "Your name", value: "ada", hint: "shown to people" },
    {
      kind: "choice",
      id: "colour",
      label: "Colours",
      value: "b",
      options: [
        { id: "a", label: "none" },
        { id: "b", label: "many" },
      ],
    },
    { kind: "text", id: "secret", label: "Passphrase", value: "", secret: true },
    ...Array.from({ length: 30 }, (_, index) => ({
      kind: "action" as const,
      id: `x${index}`,
      label: `do ${index}`,
    })),
  ],
};

test("the keyboard starts on the first row that can be chosen and stays on the page", () => {
  let state: PageState = emptyPageState;
  expect(focusedRow(page, state)?.id).toBe("name");
  state = reducePage(page, state, { type: "move", by: -1 });
  expect(focusedRow(page, state)?.id).toBe("name");
  for (let step = 0; step < 50; step++) state = reducePage(page, state, { type: "move", by: 1 });
  expect(focusedRow(page, state)?.id).toBe("x29");
  expect(pageView(page, state, 60, 10).lines.map(lineText).join("\n")).toContain("▌ do 29");
});

test("typing changes the text in the row, pasted lines become one", () => {
  const state = reducePage(page, emptyPageState, {
    type: "edit",
    action: { type: "insert", text: " love\nlace\x1b" },
  });
  const view = pageView(page, state, 60, 12);
  expect(view.lines.map(lineText).join("\n")).toContain("ada love lace");
  expect(view.cursor?.y).toBe(3);
});

test("a secret is shown as dots", () => {
  const state = reducePage(
    page,
    { edits: {}, focusId: "secret" },
    { type: "edit", action: { type: "insert", text: "hush" } },
  );
  const text = pageView(page, state, 60, 12).lines.map(lineText).join("\n");
  expect(text).toContain("••••");
  expect(text).not.toContain("hush");
});

test("a text longer than the row scrolls with the cursor", () => {
  const long = "x".repeat(200);
  const state = reducePage(page, emptyPageState, {
    type: "edit",
    action: { type: "insert", text: `${long}END` },
  });
  const view = pageView(page, state, 50, 12);
  expect(lineText(view.lines[3] ?? [])).toContain("END");
  expect(view.cursor?.x).toBeLessThan(50);
});

test("what is to read is never cut off: it goes on in the next row, below its beginning", () => {
  const link = `https://relay.example/a#${"k".repeat(60)}END`;
  const rows: Page["rows"] = [
    { kind: "note", line: [{ text: "An invitation is for one person, an address is for many of them." }] },
    { kind: "value", label: "Link", value: [{ text: link }] },
  ];
  const lines = pageView({ title: "Address", rows }, emptyPageState, 40, 12).lines.map(lineText);
  expect(lines.join("")).toContain("of them.");
  expect(lines.map((line) => line.replace("Link", "").trim()).join("")).toContain(link);
  expect(lines[5]).toMatch(/^ {12}\S/);
});

test("the value of a choice stays when there is no room for its hint", () => {
  const options = [{ id: "a", label: "in the background" }];
  const rows: Page["rows"] = [
    { kind: "choice", id: "c", label: "Where", value: "a", options, hint: "at the next start" },
  ];
  expect(lineText(pageView({ title: "", rows }, emptyPageState, 40, 6).lines[2] ?? [])).toContain(
    "in the background",
  );
});

test("options go round in both directions", () => {
  const row = page.rows[2];
  if (row?.kind !== "choice") throw new Error("the row is no choice");
  expect(nextOption(row, 1, emptyPageState)).toBe("a");
  expect(nextOption({ ...row, value: "a" }, -1, emptyPageState)).toBe("b");
});

test("no row is wider than the page", () => {
  for (const width of [40, 60, 90])
    for (const line of pageView(page, emptyPageState, width, 20).lines)
      expect(textWidth(lineText(line))).toBeLessThanOrEqual(width);
});
