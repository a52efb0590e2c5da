import type { ConversationEvent, FeatureState, Message, MessageContent } from "../../core/chat/api.ts";
import { sanitizeLine } from "../../core/chat/sanitize.ts";
import { duration } from "../text/time.ts";

/** What two people allow each other, in words. */
export const featureNames: Readonly<Record<FeatureState["feature"], string>> = {
  timedMessages: "Disappearing",
  fullDelete: "Delete for both",
  reactions: "Reactions",
  voice: "Voice messages",
  files: "Files",
  calls: "Calls",
};

/** What stands for content that is not text, in front of its caption: "file report.pdf, 12 kB". Undefined for plain text. */
export function contentLabel(content: MessageContent): string | undefined {
  switch (content.type) {
    case "text":
      return undefined;
    case "link":
      return `link: ${sanitizeLine(content.title) || sanitizeLine(content.url)}`;
    case "image":
      return `picture${fileLabel(content.file)}`;
    case "video":
      return `video, ${duration(content.durationSeconds)}${fileLabel(content.file)}`;
    case "voice":
      return `voice message, ${duration(content.durationSeconds)}`;
    case "file":
      return `file${fileLabel(content.file)}`;
    case "report":
      return `report: ${sanitizeLine(content.reason)}`;
    case "unsupported":
      return `unsupported message (${sanitizeLine(content.name)}), kept for a later version`;
    case "event":
      return eventText(content.event);
  }
}

function fileLabel(file: { readonly name: string; readonly sizeBytes: number } | undefined): string {
  return file === undefined ? "" : ` ${sanitizeLine(file.name)}, ${byteSize(file.sizeBytes)}`;
}

/** "512 B", "12 kB", "3.4 MB" */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** An event of the connection in plain words, with what to do about it where something should be done. */
function eventText(event: ConversationEvent): string {
  switch (event.type) {
    case "connected":
      return "connected";
    case "contactDeleted":
      return "this contact deleted the connection: nothing more can be sent";
    case "profileChanged":
      return event.from.displayName === event.to.displayName
        ? "changed their profile"
        : `is now called ${sanitizeLine(event.to.displayName)}, was ${sanitizeLine(event.from.displayName)}`;
    case "preferencesChanged":
      return `changed what is allowed here: ${event.features.map(({ feature }) => featureNames[feature].toLowerCase()).join(", ")}`;
    case "quantumSafe":
      return event.on
        ? "encryption is quantum-safe from here"
        : "encryption is not quantum-safe now: that can come back after a few messages both ways";
    case "verified":
      return event.on ? "you verified this contact" : "you took the verification back";
    case "securityCodeChanged":
      return "the security code changed: compare it again before you trust this conversation";
    case "ratchetSync":
      return {
        ok: "encryption was agreed anew",
        suggested: "some messages can't be read: re-sync the encryption (ctrl-k)",
        required: "messages can't be read until the encryption is re-synced (ctrl-k)",
        running: "agreeing the encryption anew ...",
      }[event.state];
    case "relayChanged":
      return relayText(event.side, event.host, event.phase);
    case "integrity":
      return {
        missing: `${count(event.count, "message")} missing here`,
        duplicate: `${count(event.count, "message")} came twice and shown once`,
        badHash: "a message does not fit the one before it: something may have been changed or lost",
        badId: "messages came in a wrong order",
      }[event.problem];
    case "undecryptable":
      return `${count(event.count, "message")} could not be decrypted`;
  }
}

function relayText(side: "mine" | "theirs", host: string, phase: "started" | "completed"): string {
  const relay = sanitizeLine(host);
  if (phase === "started")
    return `${side === "mine" ? "you move" : "they move"} away from relay ${relay} ...`;
  return side === "mine"
    ? `you receive through ${relay} from here`
    : `your messages go to ${relay} from here`;
}

/** "1 message", "2 messages" */
export function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}

/** A message in one line, for the conversation list and for quotes. */
export function messageSummary(message: Message): string {
  if (message.deletedBy !== undefined) return "deleted";
  const label = contentLabel(message.content);
  const text = sanitizeLine(message.text);
  if (label === undefined || (message.content.type === "link" && text !== "")) return text;
  return text === "" ? label : `${label}: ${text}`;
}
