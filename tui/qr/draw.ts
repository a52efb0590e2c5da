import { type Line, span } from "../style/line.ts";
import type { QrMatrix } from "./matrix.ts";

/**
 * `half`: two modules a cell, which every terminal draws. `small`: six modules a cell (sextants of Unicode 13), for
 * terminals whose font has them.
 */
export type QrStyle = "half" | "small";

/** Light modules around the code; scanners want 4, and manage with 2 or 1 where a screen has no more. */
const quietZones = [4, 2, 1] as const;

interface Cell {
  readonly wide: number;
  readonly high: number;
}
const cells: Readonly<Record<QrStyle, Cell>> = { half: { wide: 1, high: 2 }, small: { wide: 2, high: 3 } };

/** Columns and rows that a code takes. */
export function qrSize(matrix: QrMatrix, style: QrStyle, quiet: number): { columns: number; rows: number } {
  const modules = matrix.length + 2 * quiet;
  return { columns: Math.ceil(modules / cells[style].wide), rows: Math.ceil(modules / cells[style].high) };
}

/** The widest quiet zone with which the code fits, or undefined when it does not fit at all. */
export function qrFit(
  matrix: QrMatrix,
  style: QrStyle,
  room: { columns: number; rows: number },
): number | undefined {
  return quietZones.find((quiet) => {
    const { columns, rows } = qrSize(matrix, style, quiet);
    return columns <= room.columns && rows <= room.rows;
  });
}

/** The code as lines, black on white by explicit colours, with `quiet` light modules around it. */
export function qrLines(matrix: QrMatrix, style: QrStyle, quiet: number): Line[] {
  const { wide, high } = cells[style];
  const { columns, rows } = qrSize(matrix, style, quiet);
  const dark = (x: number, y: number): boolean => matrix[y - quiet]?.[x - quiet] === true;
  return Array.from({ length: rows }, (_, row) => {
    let text = "";
    for (let column = 0; column < columns; column++) {
      let pattern = 0;
      for (let y = 0; y < high; y++)
        for (let x = 0; x < wide; x++)
          if (dark(column * wide + x, row * high + y)) pattern |= 1 << (y * wide + x);
      text += style === "half" ? halfBlocks[pattern] : sextant(pattern);
    }
    return [span(text, "qr")];
  });
}

// Bit 0 is the upper module, bit 1 the lower one.
const halfBlocks = [" ", "▀", "▄", "█"] as const;

// The block of sextants leaves out the four patterns that other characters draw already.
function sextant(pattern: number): string {
  if (pattern === 0) return " ";
  if (pattern === 0b010101) return "▌";
  if (pattern === 0b101010) return "▐";
  if (pattern === 0b111111) return "█";
  const skipped = (pattern > 0b010101 ? 1 : 0) + (pattern > 0b101010 ? 1 : 0);
  return String.fromCodePoint(0x1fb00 + pattern - 1 - skipped);
}
