import { textRows } from "../composer/rows.ts";
import { contactName, type Entry, entriesOf, filterEntries } from "../conversations/entries.ts";
import type { BlockContext } from "../history/block.ts";
import { HistoryPainter } from "../history/view.ts";
import { type Layout, layoutOf } from "../layout/layout.ts";
import { pickerRows } from "../palette/picker.ts";
import { nameRole } from "../style/theme.ts";
import { composerOfOpen, type Model, openConversation } from "./model.ts";

/** What several parts of the screen need and what follows from the model alone; made once for each model. */
export interface Derived {
  readonly entries: readonly Entry[];
  readonly currentKey: string | undefined;
  readonly layout: Layout;
  readonly composerWidth: number;
  readonly block: BlockContext;
}

/** Cells left of the composer's text: the bar and a space. */
export const composerMargin = 2;

const kept = new WeakMap<Model, Derived>();
const entryCache: { sources?: readonly unknown[]; entries: readonly Entry[] } = { entries: [] };

/** One painter for all: it keeps what it drew by message. */
export const painter = new HistoryPainter();

export function derive(model: Model): Derived {
  let derived = kept.get(model);
  if (derived === undefined) {
    derived = compute(model);
    kept.set(model, derived);
  }
  return derived;
}

/** Whether the open conversation is before the reader's eyes: neither a screen nor the list covers it. */
export function showsConversation(model: Model): boolean {
  const covered =
    model.screen !== undefined ||
    model.help !== undefined ||
    (model.focus === "chats" && !derive(model).layout.twoPanes);
  return model.openId !== undefined && !covered;
}

function compute(model: Model): Derived {
  const entries = entriesFor(model);
  const composer = composerOfOpen(model);
  const twoPanes = layoutOf(model.size, { composerRows: 1, panelRows: 0 });
  const composerWidth = Math.max(4, twoPanes.mainWidth - composerMargin - 1);
  const context = composer.replyTo !== undefined || composer.editing !== undefined ? 1 : 0;
  const layout = layoutOf(model.size, {
    composerRows: textRows(composer.edit.text, composerWidth).length + context + 1,
    panelRows: model.picker === undefined ? 0 : pickerRows(model.picker),
  });
  const open = openConversation(model);
  const peerName = open === undefined ? "" : contactName(open.contact);
  return {
    entries,
    currentKey: currentKey(model, entries),
    layout,
    composerWidth,
    block: { width: layout.mainWidth - 1, nowMs: model.nowMs, peerName, peerRole: nameRole(peerName) },
  };
}

function entriesFor(model: Model): readonly Entry[] {
  const sources = [model.conversations, model.invitations, model.requests, model.list.filter.text];
  if (
    entryCache.sources === undefined ||
    sources.some((source, index) => source !== entryCache.sources?.[index])
  ) {
    entryCache.sources = sources;
    entryCache.entries = filterEntries(entriesOf(model), model.list.filter.text);
  }
  return entryCache.entries;
}

function currentKey(model: Model, entries: readonly Entry[]): string | undefined {
  const focused = model.focus === "chats" || model.openId === undefined;
  const wanted = focused ? model.list.key : `contact ${model.openId}`;
  if (wanted !== undefined && entries.some(({ key }) => key === wanted)) return wanted;
  return focused ? entries[0]?.key : wanted;
}

/** Rows of each message of the open conversation, for scrolling. */
export function heightsOf(model: Model): (index: number) => number {
  const { thread } = model;
  return thread === undefined ? () => 0 : painter.heightOf(thread, derive(model).block);
}

/** Rows that messages have: one row less while a conversation's header is shown. */
export function historyHeight(model: Model): number {
  const { layout } = derive(model);
  return Math.max(1, layout.historyRows - (layout.twoPanes ? 1 : 0));
}
