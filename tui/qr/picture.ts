import { PNG } from "pngjs";
import type { QrMatrix } from "./matrix.ts";

/** Pixels a side of one module, and light modules around the code. */
const modulePixels = 8;
const quietModules = 4;

/** A picture as a scanner takes it: four bytes (red, green, blue, alpha) a pixel, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The code in black on white, with its quiet zone. */
export function qrPixels(matrix: QrMatrix, pixels = modulePixels): Pixels {
  const side = (matrix.length + 2 * quietModules) * pixels;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const dark =
        matrix[Math.floor(y / pixels) - quietModules]?.[Math.floor(x / pixels) - quietModules] === true;
      if (dark) data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return { width: side, height: side, data };
}

/** The code as a PNG file. */
export function qrPng(matrix: QrMatrix): Uint8Array {
  const { width, height, data } = qrPixels(matrix);
  const png = new PNG({ width, height });
  png.data.set(data);
  return PNG.sync.write(png, { colorType: 0 });
}
