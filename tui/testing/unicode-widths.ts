import type { IUnicodeVersionProvider } from "@xterm/headless";
import { graphemeWidth } from "../text/width.ts";

/**
 * Widths as terminals of today have them: the emulator's own are those of Unicode 6, when emoji were narrow.
 * A character without width joins the one before it.
 */
export const unicodeWidths: IUnicodeVersionProvider = {
  version: "today",
  wcwidth: (codepoint) => widthOf(codepoint),
  charProperties: (codepoint, preceding) => {
    const width = widthOf(codepoint);
    // Bit 0 says "joins the one before", bits 1 and 2 are the width.
    const before = (preceding >> 1) & 3;
    return width === 0 && before > 0 ? (before << 1) | 1 : width << 1;
  },
};

function widthOf(codepoint: number): 0 | 1 | 2 {
  // A control character is the emulator's own business.
  if (codepoint < 32 || (codepoint >= 0x7f && codepoint < 0xa0)) return 0;
  const width = graphemeWidth(String.fromCodePoint(codepoint));
  return width === 0 ? 0 : width === 1 ? 1 : 2;
}
