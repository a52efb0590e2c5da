import { searchWords } from "../../store/store.ts";

/** Where the words of a query stand in a text, as a full-text search finds them: UTF-16 offsets, [start, end). */
export function searchMatches(text: string, query: string): readonly (readonly [number, number])[] {
  const words = searchWords(query);
  const last = words.at(-1);
  const matches: (readonly [number, number])[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const word = searchWords(match[0]).join("");
    const hit = words.includes(word) || (last !== undefined && word.startsWith(last));
    if (hit) matches.push([match.index, match.index + match[0].length]);
  }
  return matches;
}
