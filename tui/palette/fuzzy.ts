/**
 * How well `query` fits `text`, or undefined when it does not. It fits as a part of the text, or cut into pieces that
 * each begin a word, in order: "jl" and "jolink" fit "join with a link". Higher is better: whole parts, early words,
 * few pieces. Case and spaces of the query do not count.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, "");
  const lower = text.toLowerCase();
  const whole = lower.replaceAll(" ", "").indexOf(wanted);
  const pieces = piecesOf(wanted, lower, 0, piecesMax);
  if (pieces === undefined && whole < 0) return undefined;
  const partly = pieces === undefined ? -100 : -10 * pieces.count - pieces.start;
  return partly + (whole >= 0 ? 20 : 0) - lower.length / 100;
}

/** A query falls into at most so many pieces; more is a coincidence. */
const piecesMax = 6;

/** The fewest pieces, the first as early as possible, each at the start of a word from `from` on. */
function piecesOf(
  wanted: string,
  text: string,
  from: number,
  left: number,
): { count: number; start: number } | undefined {
  if (wanted === "") return { count: 0, start: 0 };
  if (left === 0) return undefined;
  let best: { count: number; start: number } | undefined;
  for (let at = from; at < text.length; at++) {
    if (!isWordStart(text, at)) continue;
    let length = 0;
    while (length < wanted.length && wanted[length] === text[at + length]) length++;
    // The longest piece first; a shorter one may leave room for a word that the rest needs.
    for (; length > 0; length--) {
      const rest = piecesOf(wanted.slice(length), text, at + length, left - 1);
      if (rest !== undefined && (best === undefined || rest.count + 1 < best.count))
        best = { count: rest.count + 1, start: at };
    }
  }
  return best;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s\-_./:]/.test(text[at - 1] ?? "");
}

/** The items that fit, best first; all in their order for an empty query. */
export function fuzzyFilter<T>(items: readonly T[], query: string, textOf: (item: T) => string): T[] {
  if (query.trim() === "") return [...items];
  const scored: { item: T; score: number }[] = [];
  for (const item of items) {
    const score = fuzzyScore(query, textOf(item));
    if (score !== undefined) scored.push({ item, score });
  }
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item);
}
