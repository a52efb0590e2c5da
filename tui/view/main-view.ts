import { derive, historyHeight, painter } from "../app/derived.ts";
import { type Model, openConversation } from "../app/model.ts";
import type { Command } from "../commands/command.ts";
import { contactName } from "../conversations/entries.ts";
import { listLines } from "../conversations/view.ts";
import { pageView } from "../page/view.ts";
import { pickerLines } from "../palette/picker.ts";
import { emptyLine, fitLine, type Line, span, spread } from "../style/line.ts";
import { textWidth } from "../text/width.ts";
import { composerView } from "./composer-view.ts";
import { conversationTitle } from "./header.ts";
import { helpLines } from "./help-view.ts";
import { searchView } from "./search-view.ts";

/** Rows of one pane, and where the cursor stands in it. */
export interface Pane {
  readonly lines: readonly Line[];
  readonly cursor?: { readonly x: number; readonly y: number };
}

/** The list of conversations with the room it has. */
export function listPane(model: Model): Pane {
  const { entries, currentKey, layout } = derive(model);
  const focused = model.screen === undefined && (model.focus === "chats" || model.openId === undefined);
  const filter = model.list.filter.text;
  return {
    lines: listLines(
      { entries, currentKey, focused, filter, nowMs: model.nowMs },
      layout.listWidth,
      layout.bodyRows,
    ),
    ...(focused && { cursor: { x: 3 + textWidth(filter), y: 0 } }),
  };
}

/** Whether a screen of one pane shows the list rather than the conversation. */
export function listAlone(model: Model): boolean {
  return (
    model.screen === undefined &&
    model.help === undefined &&
    (model.openId === undefined || model.focus === "chats")
  );
}

/** The pane on the right, or the only one: help, a page, the search, or the conversation; with a picker below. */
export function mainPane(model: Model, commands: ReadonlyMap<string, Command>): Pane {
  const { layout } = derive(model);
  const width = layout.mainWidth;
  const rows = layout.bodyRows - layout.panelRows;
  const pane = contentPane(model, commands, width, rows);
  if (model.picker === undefined) return pane;
  const { query, title } = model.picker;
  return {
    lines: [...pane.lines, ...pickerLines(model.picker, width, layout.panelRows)],
    ...(query !== undefined && {
      cursor: {
        x: Math.min(width - 1, 2 + textWidth(title) + textWidth(query.text.slice(0, query.cursor))),
        y: rows + 1,
      },
    }),
  };
}

function contentPane(
  model: Model,
  commands: ReadonlyMap<string, Command>,
  width: number,
  rows: number,
): Pane {
  const { help, screen } = model;
  if (help !== undefined) return { lines: helpLines(help, model.keyMap, commands, width, rows) };
  if (screen?.kind === "page") return pageView(screen.build(model, screen.state), screen.state, width, rows);
  if (screen?.kind === "search") return searchView(model, screen, width, rows);
  if (model.openId === undefined) return { lines: nobodyLines(model, width, rows) };
  return conversationPane(model, width);
}

function conversationPane(model: Model, width: number): Pane {
  const derived = derive(model);
  const { layout, block } = derived;
  const title: Line[] = layout.twoPanes ? [fitLine([span("  "), ...conversationTitle(model)], width)] : [];
  const height = historyHeight(model);
  const history: readonly Line[] = historyLines(model, width, height, block);
  const composer = composerView(model, derived);
  const top = layout.historyRows;
  return {
    lines: [...title, ...history, ...composer.lines],
    ...(model.focus === "composer" && { cursor: { x: composer.cursor.x, y: top + composer.cursor.y } }),
  };
}

function historyLines(
  model: Model,
  width: number,
  height: number,
  block: Parameters<typeof painter.view>[1],
): readonly Line[] {
  const { thread } = model;
  if (thread === undefined) return Array.from({ length: height }, () => emptyLine);
  if (thread.messages.length === 0) return emptyHistory(model, width, height);
  const view = painter.view(thread, block, height);
  if (view.below === 0 && !thread.hasNewer) return view.lines;
  // What is below does not go unnoticed: the last row says so.
  const more = spread([], [span(" more below: esc ", "accent")], width);
  return [...view.lines.slice(0, -1), more];
}

function emptyHistory(model: Model, width: number, height: number): Line[] {
  const contact = openConversation(model)?.contact;
  const name = contact === undefined ? "" : contactName(contact);
  const text =
    contact?.state === "connecting"
      ? [`Connecting with ${name} ...`, "You can write already: it goes out when both of you are connected."]
      : [`You are connected with ${name}.`, "Only the two of you can read what you write here."];
  const lines = Array.from({ length: Math.max(0, height - text.length) }, () => emptyLine);
  return [...lines, ...text.map((row) => fitLine([span(`  ${row}`, "dim")], width))].slice(-height);
}

function nobodyLines(model: Model, width: number, rows: number): Line[] {
  const lines: Line[] = [
    emptyLine,
    fitLine(
      [span(model.conversations.length === 0 ? "  Nobody here yet." : "  Choose a conversation.", "dim")],
      width,
    ),
    emptyLine,
    fitLine([span("  ctrl-t  "), span("invite someone", "dim")], width),
    fitLine([span("  ctrl-o  "), span("join with a link you got", "dim")], width),
    fitLine([span("  ctrl-k  "), span("everything else", "dim")], width),
  ];
  while (lines.length < rows) lines.push(emptyLine);
  return lines.slice(0, rows);
}
