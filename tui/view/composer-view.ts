import { composerMargin, type Derived } from "../app/derived.ts";
import { composerOfOpen, type Model, openConversation } from "../app/model.ts";
import { cursorPlace, textRows } from "../composer/rows.ts";
import { messageSummary } from "../history/summary.ts";
import { emptyLine, fitLine, type Line, span } from "../style/line.ts";

export interface ComposerView {
  readonly lines: readonly Line[];
  readonly cursor: { readonly x: number; readonly y: number };
}

/** An empty row, what is answered or edited, and the rows of the text around the cursor. */
export function composerView(model: Model, { layout, composerWidth }: Derived): ComposerView {
  const composer = composerOfOpen(model);
  const context = contextLine(model);
  const height = layout.composerRows;
  const above: Line[] = [emptyLine, ...(context === undefined ? [] : [fitLine(context, layout.mainWidth)])];
  const head = above.slice(Math.max(0, above.length - (height - 1)));
  const { text, cursor } = composer.edit;
  const rows = textRows(text, composerWidth);
  const place = cursorPlace(text, cursor, rows);
  const room = Math.max(1, height - head.length);
  const start = Math.max(0, Math.min(rows.length - room, place.row - room + 1));
  const lines: Line[] = [...head];
  for (const { start: from, end } of rows.slice(start, start + room))
    lines.push([span("▏ ", "accent"), span(text.slice(from, end))]);
  if (text === "") lines[head.length] = [span("▏ ", "accent"), span(placeholder(model), "dim")];
  while (lines.length < height) lines.push(emptyLine);
  return { lines, cursor: { x: composerMargin + place.column, y: head.length + place.row - start } };
}

function placeholder(model: Model): string {
  const contact = openConversation(model)?.contact;
  if (contact?.state === "deleted") return "nothing more can be sent here";
  return model.focus === "messages" ? "" : "write a message";
}

function contextLine(model: Model): Line | undefined {
  const { replyTo, editing } = composerOfOpen(model);
  const id = editing ?? replyTo;
  if (id === undefined) return undefined;
  const message = model.thread?.messages.find((other) => other.id === id);
  const about = message === undefined ? "a message further up" : messageSummary(message);
  return [
    span(editing === undefined ? "  reply to " : "  edit ", "accent"),
    span(about, "dim"),
    span("  esc drops it", "dim"),
  ];
}
