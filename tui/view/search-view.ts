import { sanitizeName, sanitizeText } from "../../core/chat/sanitize.ts";
import type { Model, SearchScreen } from "../app/model.ts";
import { emptyLine, fitLine, type Line, span, spread } from "../style/line.ts";
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
    lines.push(fitLine([bar, ...excerpt(message.text, matches[0], width - 4)], width));
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

/** The words around the match, with the match marked. */
function excerpt(text: string, match: readonly [number, number] | undefined, width: number): Line {
  const [from, to] = match ?? [0, 0];
  const start = Math.max(0, from - Math.floor(width / 3));
  const clean = (part: string) => sanitizeText(part).replace(/\s+/g, " ");
  return [
    span(start > 0 ? "…" : ""),
    span(clean(text.slice(start, from)), "dim"),
    { text: clean(text.slice(from, to)), role: "accent", bold: true },
    span(clean(text.slice(to, to + width)), "dim"),
  ];
}
