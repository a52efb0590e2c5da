import qrcode from "qrcode-terminal";

/** A QR code as rows of modules, true for dark; square, without the quiet zone. */
export type QrMatrix = readonly (readonly boolean[])[];

/**
 * The QR code of `text` with error correction L, which gives the fewest modules; read back from the half blocks
 * that qrcode-terminal prints, so that it can be drawn in other sizes and as a picture.
 * @throws RangeError when the text is too long for a QR code (2,953 bytes)
 */
export function qrMatrix(text: string): QrMatrix {
  let printed = "";
  qrcode.setErrorLevel("L");
  try {
    qrcode.generate(text, { small: true }, (output) => {
      printed = output;
    });
  } catch (cause) {
    throw new RangeError("cannot make a QR code: the text is too long", { cause });
  }
  const rows: boolean[][] = [];
  // The first line is the upper border, the first and last character of each line are the left and right one.
  for (const line of printed.split("\n").slice(1)) {
    const blocks = [...line].slice(1, -1);
    if (blocks.length === 0) continue;
    rows.push(blocks.map((block) => block === " " || block === "▄"));
    rows.push(blocks.map((block) => block === " " || block === "▀"));
  }
  const size = rows[0]?.length ?? 0;
  return rows.slice(0, size);
}
