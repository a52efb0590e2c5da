import type { Message, TextSpan } from "../../core/chat/api.ts";
import { sanitizeLine, sanitizeText } from "../../core/chat/sanitize.ts";
import {
  fitLine,
  type Line,
  lineWidth,
  type Role,
  type Span,
  span,
  spread,
  withRole,
} from "../style/line.ts";
import { clockTime, dayNumber, dayTitle } from "../text/time.ts";
import { textWidth, truncate } from "../text/width.ts";
import { wrapSpans, wrapText } from "../text/wrap.ts";
import { contentLabel } from "./summary.ts";

/** Messages of one sender within this time stand under one name. */
const groupMs = 5 * 60_000;
/** Text is not set wider than this: longer lines are hard to read. */
const textWidthMax = 90;
const indent = "   ";
const nameIndent = " ";
/** Rows of a quote that are shown. */
const quoteRowsMax = 2;

export interface BlockContext {
  readonly width: number;
  readonly nowMs: number;
  /** Drawn over the received messages' names, sanitised. */
  readonly peerName: string;
  readonly peerRole: Role;
}

/**
 * One message as rows of exactly what is drawn, with the day or name line before it that `previous` (the message
 * above it, undefined at the start of the history) calls for. Pure, so that it can be kept until an input changes.
 */
export function messageBlock(message: Message, previous: Message | undefined, context: BlockContext): Line[] {
  const lines: Line[] = [];
  const newDay = previous === undefined || dayNumber(previous.sentAtMs) !== dayNumber(message.sentAtMs);
  if (newDay) lines.push(rule(dayTitle(message.sentAtMs, context.nowMs), context.width));
  if (message.content.type === "event") return [...lines, ...eventLines(message, context.width)];
  const grouped =
    !newDay &&
    previous.content.type !== "event" &&
    previous.direction === message.direction &&
    message.sentAtMs - previous.sentAtMs < groupMs;
  if (!grouped) {
    if (!newDay && previous !== undefined) lines.push([]);
    lines.push(nameLine(message, context));
  }
  return [...lines, ...bodyLines(message, context)];
}

/** A line across the pane with a title in its middle: "──── 2 new ────". */
export function rule(title: string, width: number, role: Role = "dim"): Line {
  const text = ` ${truncate(title, Math.max(0, width - 6))} `;
  const left = Math.max(0, Math.floor((width - textWidth(text)) / 2));
  return [span("─".repeat(left) + text + "─".repeat(Math.max(0, width - left - textWidth(text))), role)];
}

function nameLine(message: Message, { peerName, peerRole, width }: BlockContext): Line {
  const own = message.direction === "sent";
  const name: Span = own ? { text: "you", bold: true } : { text: peerName, role: peerRole, bold: true };
  return fitLine([span(nameIndent), name], textColumn(width));
}

function textColumn(width: number): number {
  return Math.min(width, textWidthMax + indent.length);
}

/** What happened, in as many rows as it takes: it may say what to do about it. */
function eventLines(message: Message, width: number): Line[] {
  const text = contentLabel(message.content) ?? "";
  const type = message.content.type === "event" ? message.content.event.type : "";
  const warn = ["securityCodeChanged", "integrity", "undecryptable", "contactDeleted"].includes(type);
  const column = textColumn(width);
  const time = clockTime(message.sentAtMs);
  const rows = wrapText(text, column - indent.length - textWidth(time) - 1);
  return rows.map((row, index) => {
    const mark = index > 0 ? "  " : warn ? "! " : "· ";
    const left = [span(`${nameIndent}${mark}${row}`, warn ? "warning" : "dim")];
    return index === 0 ? spread(left, [span(time, "dim")], column) : left;
  });
}

function bodyLines(message: Message, context: BlockContext): Line[] {
  const column = textColumn(context.width);
  const room = Math.max(2, column - indent.length);
  const lines: Line[] = [];
  if (message.quote !== undefined && message.deletedBy === undefined) {
    const rows = wrapSpans([span(sanitizeText(message.quote.text) || "(a message without text)")], room - 2);
    const shown = rows.slice(0, quoteRowsMax);
    for (const row of shown) {
      const cut = row === shown.at(-1) && rows.length > quoteRowsMax ? [...row, span(" …")] : row;
      lines.push(fitLine([span(`${indent}│ `, "accent"), ...withRole(cut, "dim")], column));
    }
  }
  const meta = metaSpans(message);
  const metaWidth = lineWidth(meta);
  const rows = wrapSpans(contentSpans(message), room);
  rows.forEach((row, index) => {
    const body: Line = [span(indent), ...row];
    if (index < rows.length - 1) lines.push(body);
    else if (lineWidth(body) + 2 + metaWidth <= column) lines.push(spread(body, meta, column));
    else lines.push(body, spread([], meta, column));
  });
  return lines;
}

function contentSpans(message: Message): Span[] {
  if (message.deletedBy !== undefined)
    return [
      {
        text: message.deletedBy === "me" ? "you deleted this message" : "deleted by the sender",
        role: "dim",
        italic: true,
      },
    ];
  const label = contentLabel(message.content);
  const text =
    message.spans === undefined ? [span(sanitizeText(message.text))] : message.spans.map(styledSpan);
  const cursor = message.live ? [span(" …", "dim")] : [];
  if (label === undefined) return [...text, ...cursor];
  const caption = message.text === "" ? [] : [span("\n"), ...text];
  return [span(`[${label}]`, "dim"), ...caption, ...cursor];
}

/** Only these leave the terminal as links; anything else stays text. */
const linkPattern = /^(https?:\/\/|mailto:|simplex:\/)[!-~]+$/;

function styledSpan({ text, styles = [], colour, link }: TextSpan): Span {
  // A secret is covered, not drawn in a way that only some terminals hide.
  const clean = sanitizeText(text);
  const shown = styles.includes("secret") ? "▒".repeat(Math.min(textWidth(clean), 20)) : clean;
  const role = roleOf(styles, colour);
  return {
    text: shown,
    ...(role !== undefined && { role }),
    ...(styles.includes("bold") && { bold: true }),
    ...(styles.includes("italic") && { italic: true }),
    ...(styles.includes("strike") && { strike: true }),
    ...(link !== undefined && linkPattern.test(link) && { link, underline: true }),
  };
}

function roleOf(styles: NonNullable<TextSpan["styles"]>, colour: string | undefined): Role | undefined {
  if (styles.includes("code")) return "code";
  if (styles.includes("small") || styles.includes("secret")) return "dim";
  switch (colour) {
    case "red":
    case "green":
    case "blue":
    case "yellow":
    case "cyan":
    case "magenta":
      return `text-${colour}`;
    default:
      return undefined;
  }
}

/** Reactions, "edited", time and status, for the right edge. */
function metaSpans(message: Message): Line {
  const parts: Span[] = [];
  for (const { emoji, count, mine } of message.reactions)
    parts.push(span(`${sanitizeLine(emoji)} ${count}`, mine ? "accent" : "dim"), span("  "));
  if (message.edited && message.deletedBy === undefined) parts.push(span("edited ", "dim"));
  if (message.expiresAtMs !== undefined) parts.push(span("disappears ", "dim"));
  parts.push(span(clockTime(message.sentAtMs), "dim"));
  if (message.status !== undefined) parts.push(statusSpan(message.status));
  return parts;
}

function statusSpan(status: NonNullable<Message["status"]>): Span {
  switch (status.state) {
    case "pending":
      return span(" · ", "dim");
    case "sent":
      return span(" ✓ ", "dim");
    case "delivered":
      return span(" ✓✓", "dim");
    case "failed":
      return span(" ! ", "error");
  }
}
