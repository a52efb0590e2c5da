import fc from "fast-check";
import { expect, test } from "vitest";
import { layoutOf, minimum } from "./layout.ts";

test.each([
  [80, 24, false],
  [99, 40, false],
  [100, 30, true],
  [160, 50, true],
])("%i by %i", (columns, rows, twoPanes) => {
  const layout = layoutOf({ columns, rows }, { composerRows: 1, panelRows: 0 });
  expect(layout.twoPanes).toBe(twoPanes);
  expect(layout.historyRows + layout.composerRows).toBe(rows - 4);
});

test("whatever is wanted, the parts fill the screen exactly and the history keeps rows", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: minimum.columns, max: 300 }),
      fc.integer({ min: minimum.rows, max: 100 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 30 }),
      (columns, rows, composerRows, panelRows) => {
        const layout = layoutOf({ columns, rows }, { composerRows, panelRows });
        expect(layout.historyRows + layout.composerRows + layout.panelRows + 4).toBe(rows);
        expect(layout.historyRows).toBeGreaterThanOrEqual(3);
        expect(layout.composerRows).toBeGreaterThanOrEqual(1);
        if (layout.twoPanes) expect(layout.listWidth + 1 + layout.mainWidth).toBe(columns);
      },
    ),
  );
});
