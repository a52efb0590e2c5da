// `node tui/testing/screenshots.ts`: draws the pictures of the README anew. Needs ImageMagick and the font DejaVu Sans Mono.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Terminal } from "@xterm/headless";
import { bundle } from "../../scripts/bundle.ts";
import { openPty, type Pty } from "./pty.ts";

const cellWidth = 10;
const cellHeight = 21;
const margin = 16;
const fontSize = 16.6;
const background = "#16181d";
const foreground = "#d7dae0";
/** An argument of a program has a bound. */
const commandsPerArgument = 500;
const dim = "#868c99";

interface Style {
  readonly colour: string;
  readonly fill: string | undefined;
  readonly bold: boolean;
  readonly underline: boolean;
}

function styleOf(
  cell: NonNullable<ReturnType<NonNullable<ReturnType<Terminal["buffer"]["active"]["getLine"]>>["getCell"]>>,
): Style {
  const hex = (value: number) => `#${value.toString(16).padStart(6, "0")}`;
  const own = cell.isFgRGB() ? hex(cell.getFgColor()) : cell.isDim() ? dim : foreground;
  const fill = cell.isBgRGB() ? hex(cell.getBgColor()) : undefined;
  return cell.isInverse()
    ? { colour: background, fill: own, bold: Boolean(cell.isBold()), underline: false }
    : { colour: own, fill, bold: Boolean(cell.isBold()), underline: Boolean(cell.isUnderline()) };
}

/** Drawing commands of ImageMagick for the whole screen. */
function drawing(terminal: Terminal, cursorShown: boolean): string[] {
  const buffer = terminal.buffer.active;
  const commands: string[] = [];
  const rectangle = (x: number, y: number, width: number, height: number, colour: string) =>
    commands.push(`fill ${colour} rectangle ${x},${y} ${x + width - 1},${y + height - 1}`);
  for (let row = 0; row < terminal.rows; row++) {
    const line = buffer.getLine(buffer.baseY + row);
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line?.getCell(column);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const { colour, fill, bold, underline } = styleOf(cell);
      const x = margin + column * cellWidth;
      const y = margin + row * cellHeight;
      const half = Math.floor(cellHeight / 2);
      if (fill !== undefined) rectangle(x, y, cellWidth * cell.getWidth(), cellHeight, fill);
      if (underline) rectangle(x, y + cellHeight - 3, cellWidth * cell.getWidth(), 1, colour);
      const character = cell.getChars();
      // Blocks and lines are drawn, so that they meet from cell to cell.
      const middle = x + Math.floor(cellWidth / 2);
      switch (character) {
        case "":
        case " ":
          break;
        case "█":
          rectangle(x, y, cellWidth, cellHeight, colour);
          break;
        case "▀":
          rectangle(x, y, cellWidth, half, colour);
          break;
        case "▄":
          rectangle(x, y + half, cellWidth, cellHeight - half, colour);
          break;
        case "▌":
          rectangle(x, y, cellWidth / 2, cellHeight, colour);
          break;
        case "▏":
          rectangle(x, y, 2, cellHeight, colour);
          break;
        case "─":
        case "┬":
        case "┴":
          rectangle(x, y + half, cellWidth, 1, colour);
          if (character === "┬") rectangle(middle, y + half, 1, cellHeight - half, colour);
          if (character === "┴") rectangle(middle, y, 1, half, colour);
          break;
        case "│":
          rectangle(middle, y, 1, cellHeight, colour);
          break;
        default: {
          const text = character.replace(/['\\]/g, "\\$&");
          const font = bold ? "DejaVu-Sans-Mono-Bold" : "DejaVu-Sans-Mono";
          commands.push(`font ${font} fill ${colour} text ${x},${y + 16} '${text}'`);
        }
      }
    }
  }
  const { cursorX, cursorY } = buffer;
  if (cursorShown)
    rectangle(margin + cursorX * cellWidth, margin + cursorY * cellHeight, 2, cellHeight, foreground);
  return commands;
}

function save({ terminal, output }: Pty, name: string): void {
  const width = terminal.cols * cellWidth + 2 * margin;
  const height = terminal.rows * cellHeight + 2 * margin;
  const path = fileURLToPath(new URL(`../screenshots/${name}`, import.meta.url));
  const shown = output();
  const commands = drawing(terminal, shown.lastIndexOf("\x1b[?25h") > shown.lastIndexOf("\x1b[?25l"));
  const draws: string[] = [];
  for (let from = 0; from < commands.length; from += commandsPerArgument)
    draws.push("-draw", commands.slice(from, from + commandsPerArgument).join(" "));
  const canvas = ["-size", `${width}x${height}`, `xc:${background}`, "-pointsize", String(fontSize)];
  const { status, stderr } = spawnSync("convert", [...canvas, ...draws, "+dither", "-colors", "64", path]);
  if (status !== 0) throw new Error(`cannot draw ${name}: ${stderr}`);
}

const folder = "dist/screenshots";
const program = fileURLToPath(new URL(`../../${folder}/showcase.js`, import.meta.url));
await bundle("tui/testing/showcase.tsx", `${folder}/showcase.js`);
const wide = openPty(process.execPath, [program], {
  columns: 120,
  rows: 30,
  env: { COLORTERM: "truecolor" },
});
await wide.waitFor("north entrance");
wide.write("I'll be at the north entrance");
await wide.waitFor("▏ I'll be at the north entrance");
save(wide, "conversation-120.png");
wide.write("\x03");
await wide.exited;
const narrow = openPty(process.execPath, [program, "read"], {
  columns: 80,
  rows: 24,
  env: { COLORTERM: "truecolor" },
});
await narrow.waitFor("north entrance");
narrow.write("\x14");
await narrow.waitFor("keep it waiting");
save(narrow, "invitation-80.png");
narrow.write("\x03");
await narrow.exited;
rmSync(fileURLToPath(new URL(`../../${folder}`, import.meta.url)), { recursive: true, force: true });
process.exit();
