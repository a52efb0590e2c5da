import type { RelayStatus } from "../../core/chat/api.ts";
import { sanitizeName } from "../../core/chat/sanitize.ts";
import { type Model, openConversation, unreadTotal } from "../app/model.ts";
import { contactName } from "../conversations/entries.ts";
import type { Layout } from "../layout/layout.ts";
import { type Line, type Span, span, spread } from "../style/line.ts";
import { exactTime } from "../text/time.ts";

/** The top line and the rule below it. */
export function headerLines(model: Model, layout: Layout): Line[] {
  const { columns } = model.size;
  const open = openConversation(model);
  const own = sanitizeName(model.profile?.displayName ?? "", "");
  const inConversation =
    !layout.twoPanes && open !== undefined && model.screen === undefined && model.focus !== "chats";
  const left: Line = inConversation
    ? [span(" "), ...conversationTitle(model)]
    : [{ text: " sotto", role: "accent", bold: true }, span(own === "" ? "" : `  ${own}`)];
  const unread = unreadTotal(model) - (inConversation && !open.contact.muted ? open.unread : 0);
  const right: Span[] = [...relaySpans(model.relays)];
  if (unread > 0) right.push(span("   "), { text: `${unread} unread`, role: "accent", bold: true });
  right.push(span(" "));
  const corner = layout.twoPanes && showsList(model) ? layout.listWidth : -1;
  return [spread(left, right, columns), rule(columns, corner, "┬")];
}

/** Whether the list has its pane beside this: in the first run there is nothing to list. */
export function showsList({ screen }: Model): boolean {
  return screen?.kind !== "code" && !(screen?.kind === "page" && screen.stays === true);
}

export function rule(columns: number, corner: number, character: string): Line {
  if (corner < 0 || corner >= columns) return [span("─".repeat(columns), "dim")];
  return [span("─".repeat(corner) + character + "─".repeat(columns - corner - 1), "dim")];
}

/** Name and security of the open conversation. */
export function conversationTitle(model: Model): Line {
  const contact = openConversation(model)?.contact;
  if (contact === undefined) return [];
  const parts: Span[] = [{ text: contactName(contact), bold: true }];
  if (contact.verified) parts.push(span("  verified", "good"));
  if (contact.state === "connecting") parts.push(span("  connecting ...", "warning"));
  else if (contact.state === "deleted") parts.push(span("  deleted the connection", "error"));
  else
    parts.push(contact.quantumSafe ? span("  quantum-safe", "dim") : span("  not quantum-safe", "warning"));
  if (contact.incognito !== undefined)
    parts.push(span(`  you are ${sanitizeName(contact.incognito.displayName)}`, "dim"));
  return parts;
}

/** The state of the network in a few words; the time of the next try stands still instead of counting down. */
function relaySpans(relays: readonly RelayStatus[]): Line {
  const used = relays.filter(({ state }) => state !== "idle");
  const up = used.filter(({ state }) => state === "up").length;
  if (used.length === 0) return [];
  if (up === used.length) return [span(`${up} relay${up === 1 ? "" : "s"} up`, "dim")];
  if (up > 0) return [span(`${up} of ${used.length} relays up`, "warning")];
  if (used.some(({ state }) => state === "connecting")) return [span("connecting ...", "warning")];
  const retryAtMs = Math.min(...used.map((relay) => relay.retryAtMs ?? Number.POSITIVE_INFINITY));
  const next = Number.isFinite(retryAtMs) ? `: next try ${exactTime(retryAtMs)}` : "";
  return [span(`no relay${next}`, "error")];
}
