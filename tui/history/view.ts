import type { Message } from "../../core/chat/api.ts";
import { type Line, lineText, type Role, span } from "../style/line.ts";
import { type BlockContext, messageBlock, rule } from "./block.ts";
import { anchorPlace, showFrom, type Thread } from "./thread.ts";

export interface ThreadView {
  /** Exactly `height` rows. */
  readonly lines: readonly Line[];
  /** Rows hidden below the view among what is loaded: 0 at the end. */
  readonly below: number;
  /** Loaded messages above the first one that is drawn. */
  readonly messagesAbove: number;
  /** Loaded messages below the last one that is drawn. */
  readonly messagesBelow: number;
}

interface Kept {
  readonly previous: Message | undefined;
  readonly key: string;
  readonly lines: Line[];
}

/** Draws stretches of a history and keeps what it drew of each message until something it depends on changes. */
export class HistoryPainter {
  #kept = new WeakMap<Message, Kept>();

  /** Rows of the message at `index`. */
  block(thread: Thread, index: number, context: BlockContext): readonly Line[] {
    const message = thread.messages[index];
    if (message === undefined) return [];
    const previous = thread.messages[index - 1];
    const unread = thread.unread?.firstId === message.id ? thread.unread.count : 0;
    const key = `${context.width} ${context.peerName} ${unread}`;
    const kept = this.#kept.get(message);
    if (kept !== undefined && kept.previous === previous && kept.key === key) return kept.lines;
    const drawn = messageBlock(message, previous, context);
    const lines = unread > 0 ? [rule(`${unread} new`, context.width, "accent"), ...drawn] : drawn;
    this.#kept.set(message, { previous, key, lines });
    return lines;
  }

  heightOf(thread: Thread, context: BlockContext): (index: number) => number {
    return (index) => this.block(thread, index, context).length;
  }

  /** The view of `height` rows that the thread's anchor asks for; a short history stands at the bottom. */
  view(thread: Thread, context: BlockContext, height: number): ThreadView {
    const { index, below } = anchorPlace(thread);
    const rows: Line[] = [];
    let first = index;
    let skip = below;
    for (let at = index; at >= 0 && rows.length < height; at--) {
      const block = this.block(thread, at, context);
      const marked = thread.messages[at]?.id === thread.selectedId ? markSelected(block) : block;
      for (let row = marked.length - 1 - skip; row >= 0 && rows.length < height; row--) {
        const line = marked[row];
        if (line !== undefined) rows.push(line);
      }
      skip = 0;
      first = at;
    }
    // At the top of the history in a view that grew: what is below fills it.
    const top = thread.messages[0];
    if (rows.length < height && thread.anchor !== undefined && top !== undefined)
      return this.view(showFrom(thread, top.id, this.heightOf(thread, context), height), context, height);
    while (rows.length < height) rows.push([]);
    let hidden = below;
    for (let at = index + 1; at < thread.messages.length && hidden < height; at++)
      hidden += this.block(thread, at, context).length;
    return {
      lines: rows.reverse(),
      below: hidden,
      messagesAbove: Math.max(0, first),
      messagesBelow: Math.max(0, thread.messages.length - 1 - index),
    };
  }
}

/** A bar before the rows of the message itself (they are indented; its name and day lines are not). */
function markSelected(lines: readonly Line[], role: Role = "accent"): Line[] {
  return lines.map((line) => {
    if (!lineText(line).startsWith("   ")) return line;
    const [head, ...rest] = line;
    return [span(" ▌", role), { ...head, text: head?.text.slice(2) ?? "" }, ...rest];
  });
}
