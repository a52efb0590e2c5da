import type { SearchHit } from "../../core/chat/api.ts";
import { sanitizeName, sanitizeText } from "../../core/chat/sanitize.ts";
import type { Model, SearchScreen } from "../app/model.ts";
import { emptyLine, fitLine, type Line, type Span, span, spread } from "../style/line.ts";
import { listTime } from "../text/time.ts";
import { textWidth } from "../text/width.ts";

const title = "  Search  ";
const rowsPerHit = 2;

/** What is searched for, and the hits, each with its place in time. */
export function searchView(model: Model, screen: SearchScreen, width: number, height: number) {
  const lines: Line[] = [fitLine([{ text: title, bold: true }, span(screen.query.text)], width), emptyLine];
  const fits = Math.max(1, Math.floor((height - lines.length) / rowsPerHit));
  const start = Math.max(0, Math.min(screen.hits.length - fits, screen.index - Math.floor(fits / 2)));
  screen.hits.slice(start, start + fits).forEach(({ message, contactName, matches }, offset) => {
    const current = start + offset === screen.index;
    const who =
      message.direction === "sent" ? `you to ${sanitizeName(contactName)}` : sanitizeName(contactName);
    const bar = current ? span("▌ ", "accent") : span("  ");
    lines.push(
      spread(
        [bar, { text: who, bold: current }],
        [span(`${listTime(message.sentAtMs, model.nowMs)} `, "dim")],
        width,
      ),
    );
    lines.push(fitLine([bar, ...excerpt(message.text, matches, width - 4)], width));
  });
  if (screen.hits.length === 0)
    lines.push([
      span(
        screen.searched === "" ? "  words of any message; the last may be a beginning" : "  nothing found",
        "dim",
      ),
    ]);
  while (lines.length < height) lines.push(emptyLine);
  return {
    lines: lines.slice(0, height),
    cursor: {
      x: Math.min(width - 1, textWidth(title) + textWidth(screen.query.text.slice(0, screen.query.cursor))),
      y: 0,
    },
  };
}

/** The words around the place where most of what is searched for stands together, with each match marked. */
function excerpt(text: string, matches: SearchHit["matches"], width: number): Line {
  const first = densest(text, matches, width / 2);
  let at = Math.max(0, first - Math.floor(width / 3));
  const end = first + width;
  const clean = (part: string) => sanitizeText(part).replace(/\s+/g, " ");
  const line: Span[] = [span(at > 0 ? "…" : "")];
  for (const [from, to] of matches) {
    if (from < at || from > end) continue;
    line.push(span(clean(text.slice(at, from)), "dim"));
    line.push({ text: clean(text.slice(from, to)), role: "accent", bold: true });
    at = to;
  }
  return [...line, span(clean(text.slice(at, end)), "dim")];
}

/** Where in the text the stretch of `reach` letters begins that has the most different matches; the first such one. */
function densest(text: string, matches: SearchHit["matches"], reach: number): number {
  let best = 0;
  let most = 0;
  for (const [index, [from]] of matches.entries()) {
    const words = new Set<string>();
    for (let at = index; at < matches.length; at++) {
      const [start, end] = matches[at] ?? [0, 0];
      if (end > from + reach) break;
      words.add(text.slice(start, end).toLowerCase());
    }
    if (words.size > most) {
      most = words.size;
      best = from;
    }
  }
  return best;
}
