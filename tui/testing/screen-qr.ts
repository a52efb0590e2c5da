import type { Terminal } from "@xterm/headless";
import type { QrMatrix } from "../qr/matrix.ts";
import type { Pixels } from "../qr/picture.ts";
import { readQr } from "../qr/read.ts";
import type { Pty } from "./pty.ts";

/** Side of one module in pixels. */
const modulePixels = 4;
const white = 255;

/**
 * What a camera sees of a code on the screen: the cells that are black on white by their own colours, two modules
 * each. Undefined when there are none. The picture is only what is drawn: its quiet zone too.
 */
export function readScreenQr(terminal: Terminal): (Pixels & { readonly modules: QrMatrix }) | undefined {
  const buffer = terminal.buffer.active;
  const rows: boolean[][] = [];
  for (let y = 0; y < terminal.rows; y++) {
    const line = buffer.getLine(buffer.baseY + y);
    const upper: boolean[] = [];
    const lower: boolean[] = [];
    for (let x = 0; x < terminal.cols; x++) {
      const cell = line?.getCell(x);
      if (cell === undefined || !isBlackOnWhite(cell)) continue;
      const block = cell.getChars() || " ";
      upper.push(block === "▀" || block === "█");
      lower.push(block === "▄" || block === "█");
    }
    if (upper.length > 0) rows.push(upper, lower);
  }
  const width = rows[0]?.length ?? 0;
  if (width === 0) return undefined;
  const side = width * modulePixels;
  const height = rows.length * modulePixels;
  const data = new Uint8Array(side * height * 4).fill(white);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < side; x++)
      if (rows[Math.floor(y / modulePixels)]?.[Math.floor(x / modulePixels)] === true)
        data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
  // The code itself, without the quiet zone around it.
  const first = rows.findIndex((row) => row.includes(true));
  const left = rows[first]?.indexOf(true) ?? 0;
  const size = width - 2 * left;
  const modules = rows.slice(first, first + size).map((row) => row.slice(left, left + size));
  return { width: side, height, data, modules };
}

/** The text of the code on a screen, as soon as all of the code is drawn. */
export async function scanScreen(pty: Pty): Promise<string> {
  let text: string | undefined;
  await pty.waitFor(() => {
    const pixels = readScreenQr(pty.terminal);
    text = pixels && readQr(pixels);
    return text !== undefined;
  });
  return text ?? "";
}

type Cell = NonNullable<
  ReturnType<NonNullable<ReturnType<Terminal["buffer"]["active"]["getLine"]>>["getCell"]>
>;

function isBlackOnWhite(cell: Cell): boolean {
  const foreground = cell.getFgColor();
  const background = cell.getBgColor();
  if (cell.isBgRGB()) return background === 0xffffff && foreground === 0;
  if (!cell.isBgPalette()) return false;
  // 0 and 16 are black, 7, 15 and 231 are white.
  return [7, 15, 231].includes(background) && [0, 16].includes(foreground);
}
