import type { ContactRequest, Conversation, Invitation } from "../../core/chat/api.ts";
import { sanitizeLine, sanitizeName } from "../../core/chat/sanitize.ts";
import { messageSummary } from "../history/summary.ts";

/** One entry of the list on the left. `key` names it for as long as it is there. */
export type Entry =
  | { readonly kind: "contact"; readonly key: string; readonly conversation: Conversation }
  | { readonly kind: "invitation"; readonly key: string; readonly invitation: Invitation }
  | { readonly kind: "request"; readonly key: string; readonly request: ContactRequest };

export interface EntrySources {
  /** Latest activity first. */
  readonly conversations: readonly Conversation[];
  readonly invitations: readonly Invitation[];
  readonly requests: readonly ContactRequest[];
}

/** Requests, which wait for an answer, then the rest by time. */
export function entriesOf({ conversations, invitations, requests }: EntrySources): Entry[] {
  const waiting = requests.map<Entry>((request) => ({
    kind: "request",
    key: `request ${request.id}`,
    request,
  }));
  const rest: Entry[] = conversations.map((conversation) => ({
    kind: "contact",
    key: `contact ${conversation.contact.id}`,
    conversation,
  }));
  if (invitations.length > 0) {
    for (const invitation of invitations)
      rest.push({ kind: "invitation", key: `invitation ${invitation.id}`, invitation });
    rest.sort((a, b) => entryTimeMs(b) - entryTimeMs(a));
  }
  return [...waiting, ...rest];
}

export function entryTimeMs(entry: Entry): number {
  switch (entry.kind) {
    case "contact":
      return entry.conversation.lastActivityMs;
    case "invitation":
      return entry.invitation.createdAtMs;
    case "request":
      return entry.request.receivedAtMs;
  }
}

/** The name a person reads, sanitised. */
export function contactName(contact: Conversation["contact"]): string {
  const fallback = contact.state === "connecting" ? "connecting ..." : "(no name)";
  return sanitizeName(contact.alias || contact.profile.displayName, fallback);
}

export function entryName(entry: Entry): string {
  switch (entry.kind) {
    case "contact":
      return contactName(entry.conversation.contact);
    case "invitation":
      return sanitizeName(entry.invitation.label ?? "", "waiting for a friend");
    case "request":
      return sanitizeName(entry.request.profile.displayName);
  }
}

/**
 * The second row: the draft, or the last message, or what the entry waits for. While the conversation is `open` its
 * draft is before everybody's eyes anyway.
 */
export function entryPreview(entry: Entry, open = false): { readonly text: string; readonly draft: boolean } {
  if (entry.kind === "invitation") return { text: "invitation not used yet", draft: false };
  if (entry.kind === "request")
    return { text: sanitizeLine(entry.request.text ?? "") || "wants to connect", draft: false };
  const { draft, last, contact } = entry.conversation;
  if (!open && draft !== undefined && draft.text.trim() !== "")
    return { text: `draft: ${sanitizeLine(draft.text)}`, draft: true };
  if (contact.state === "connecting") return { text: "connecting ...", draft: false };
  if (last === undefined) return { text: "no messages yet", draft: false };
  return { text: `${last.direction === "sent" ? "you: " : ""}${messageSummary(last)}`, draft: false };
}

/** Entries whose name has every word of `filter`, in their order. */
export function filterEntries(entries: readonly Entry[], filter: string): readonly Entry[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return entries;
  return entries.filter((entry) => {
    const name = entryName(entry).toLowerCase();
    return words.every((word) => name.includes(word));
  });
}
