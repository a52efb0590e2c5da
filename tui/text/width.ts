import stringWidth from "string-width";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const printableAscii = /^[ -~]*$/;
/** Graphemes whose width is remembered; texts of one user hold a few hundred kinds. */
const cachedMax = 4096;
const cache = new Map<string, number>();

/**
 * How emoji of several code points are drawn. Terminals disagree about the width of skin tones, joined families,
 * keycaps and the emoji form of symbols, and a wrong guess shifts the rest of the row: `simple` draws their first code
 * point alone, whose width all agree on; `full` draws them as they are.
 */
export type EmojiForm = "simple" | "full";

let emojiForm: EmojiForm = "full";
// Joiner, emoji form, keycap, skin tones.
const joined = /[\u200d\ufe0f\u20e3\u{1f3fb}-\u{1f3ff}]/u;
const emojiStart = /^[\p{Extended_Pictographic}\p{Emoji_Component}]/u;

/** Says what the terminal is like, once, before anything is measured. */
export function setEmojiForm(form: EmojiForm): void {
  emojiForm = form;
  cache.clear();
}

/** The text as it is written to the terminal; what its width was measured for. */
export function drawnText(text: string): string {
  if (emojiForm === "full" || !joined.test(text)) return text;
  return graphemes(text).map(drawnGrapheme).join("");
}

function drawnGrapheme(grapheme: string): string {
  if (emojiForm === "full" || !joined.test(grapheme) || !emojiStart.test(grapheme)) return grapheme;
  return String.fromCodePoint(grapheme.codePointAt(0) ?? 0);
}

/** The text taken apart into what a reader sees as characters, without control characters among them. */
export function graphemes(text: string): string[] {
  if (printableAscii.test(text)) return text.split("");
  const parts: string[] = [];
  for (const { segment } of segmenter.segment(text)) parts.push(segment);
  return parts;
}

/** How many terminal cells one grapheme takes: 0, 1 or 2. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && printableAscii.test(grapheme)) return 1;
  let width = cache.get(grapheme);
  if (width === undefined) {
    // A grapheme that string-width counts wider than 2 (some scripts' clusters) is still drawn by cells: keep it.
    width = stringWidth(drawnGrapheme(grapheme));
    if (cache.size >= cachedMax) cache.clear();
    cache.set(grapheme, width);
  }
  return width;
}

/** How many terminal cells `text` takes; it has no escape sequences and no line ends. */
export function textWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** `text` cut to at most `width` cells, with "…" as its last character where something is missing. */
export function truncate(text: string, width: number): string {
  if (width <= 0) return "";
  if (textWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const grapheme of graphemes(text)) {
    const next = graphemeWidth(grapheme);
    if (used + next > width - 1) break;
    kept += grapheme;
    used += next;
  }
  return `${kept}…`;
}

/** `text` cut or filled with spaces to exactly `width` cells. */
export function fitText(text: string, width: number, align: "left" | "right" = "left"): string {
  const cut = truncate(text, width);
  const spaces = " ".repeat(Math.max(0, width - textWidth(cut)));
  return align === "left" ? cut + spaces : spaces + cut;
}
