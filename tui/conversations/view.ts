import { fitLine, type Line, lineWidth, type Span, span, spread } from "../style/line.ts";
import { listTime } from "../text/time.ts";
import { truncate } from "../text/width.ts";
import { type Entry, entryName, entryPreview, entryTimeMs } from "./entries.ts";

export interface ListState {
  readonly entries: readonly Entry[];
  /** The entry that the keyboard is on, or whose conversation is open. */
  readonly currentKey: string | undefined;
  readonly focused: boolean;
  readonly filter: string;
  readonly nowMs: number;
}

const rowsPerEntry = 2;
/** Cells behind the time for the unread count, so that the times stand below each other. */
const badgeWidth = 3;
/** From this height each entry has an empty row below it. */
const roomyRows = 30;

export function entryRows(height: number): number {
  return height >= roomyRows ? rowsPerEntry + 1 : rowsPerEntry;
}

/**
 * The list in exactly `height` rows of `width` cells: the filter on top, then as many entries as fit, with the
 * current one among them. Only the entries that are seen are drawn.
 */
export function listLines(state: ListState, width: number, height: number): Line[] {
  const lines: Line[] = [filterLine(state, width)];
  const each = entryRows(height);
  const fits = Math.max(1, Math.floor((height - 1) / each));
  const current = state.entries.findIndex(({ key }) => key === state.currentKey);
  // The window starts so that the current entry is inside, in the middle when the list is long.
  const start = Math.max(0, Math.min(state.entries.length - fits, current - Math.floor(fits / 2)));
  for (const entry of state.entries.slice(start, start + fits)) {
    lines.push(...entryLines(entry, entry.key === state.currentKey, state, width));
    if (each > rowsPerEntry) lines.push([]);
  }
  if (state.entries.length === 0 && height > 2)
    lines.push(
      fitLine([span(state.filter === "" ? "  nobody here yet" : "  no name matches", "dim")], width),
    );
  while (lines.length < height) lines.push([]);
  return lines.slice(0, height);
}

function filterLine({ filter, focused }: ListState, width: number): Line {
  if (filter !== "") return fitLine([span(" / ", "accent"), span(filter)], width);
  return fitLine([span(focused ? " type to search" : " esc to search chats", "dim")], width);
}

function entryLines(entry: Entry, current: boolean, state: ListState, width: number): Line[] {
  const unread = entry.kind === "contact" ? entry.conversation.unread : entry.kind === "request" ? 1 : 0;
  const muted = entry.kind === "contact" && entry.conversation.contact.muted;
  const bar: Span = current ? span("▌", "accent") : span(" ");
  const badge: Line = [
    { text: unread === 0 ? "" : String(unread), role: muted ? "dim" : "accent", bold: !muted },
  ];
  const time = span(listTime(entryTimeMs(entry), state.nowMs), "dim");
  const name: Span = {
    text: entryName(entry),
    bold: unread > 0 && !muted,
    ...(entry.kind === "invitation" && { role: "dim" }),
  };
  const cursor = current && state.focused;
  const head = spread(
    [bar, cursor ? { ...name, underline: true } : name],
    [time, span(" ".repeat(Math.max(1, badgeWidth - lineWidth(badge)))), ...badge, span(" ")],
    width,
  );
  const { text, draft } = entryPreview(entry, current && !state.focused);
  const preview: Line = [
    bar,
    span(` ${truncate(text, width - 3)}`, draft ? "warning" : entry.kind === "request" ? "accent" : "dim"),
  ];
  return [head, fitLine(preview, width)];
}
