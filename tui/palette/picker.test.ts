import { expect, test } from "vitest";
import { lineText } from "../style/line.ts";
import { textWidth } from "../text/width.ts";
import { movePicker, openPicker, pickedItem, pickerLines, pickerRows } from "./picker.ts";

const items = Array.from({ length: 30 }, (_, index) => ({
  id: `${index}`,
  label: `item ${index}`,
  hint: "ctrl-x",
}));
const picker = openPicker({ purpose: "command", title: "commands", items });

test("moving goes round, and the current item is always drawn", () => {
  expect(pickedItem(movePicker(picker, -1))?.id).toBe("29");
  for (let index = 0; index < items.length; index++) {
    const drawn = pickerLines({ ...picker, index }, 40, 8).map(lineText);
    expect(drawn).toHaveLength(8);
    expect(drawn.some((row) => row.includes(`▌item ${index} `))).toBe(true);
    for (const row of drawn) expect(textWidth(row)).toBeLessThanOrEqual(40);
  }
});

test("it takes few rows for few matches and never more than its bound", () => {
  expect(pickerRows(picker)).toBe(12);
  expect(pickerRows({ ...picker, query: { text: "item 29", cursor: 7 } })).toBe(3);
  expect(
    pickerLines({ ...picker, query: { text: "zzz", cursor: 3 } }, 40, 3)
      .map(lineText)
      .join(),
  ).toContain("nothing fits");
});
