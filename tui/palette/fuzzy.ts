/**
 * How well `query` fits `text`, or undefined when its characters do not occur in this order. Higher is better:
 * characters in a row, at the start of words and early in the text count. Case and spaces of the query do not.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = [...query.toLowerCase().replace(/\s+/g, "")];
  const lower = text.toLowerCase();
  let score = 0;
  let from = 0;
  let previous = -2;
  for (const character of wanted) {
    const at = bestPlace(lower, character, from, previous);
    if (at < 0) return undefined;
    if (at === previous + 1) score += 8;
    if (isWordStart(lower, at)) score += 10;
    score -= Math.min(3, at - from);
    previous = at;
    from = at + character.length;
  }
  return score - lower.length / 100;
}

// Straight on if possible, else the next start of a word, else anywhere.
function bestPlace(text: string, character: string, from: number, previous: number): number {
  const next = text.indexOf(character, from);
  if (next < 0 || next === previous + 1 || isWordStart(text, next)) return next;
  for (let at = next; at >= 0; at = text.indexOf(character, at + 1)) if (isWordStart(text, at)) return at;
  return next;
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
