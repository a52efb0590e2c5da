import type { Contact, ConversationEvent, Invitation, Message, MessageContent } from "../../core/chat/api.ts";
import { sanitizeLine, sanitizeName } from "../../core/chat/sanitize.ts";
import { nameOf } from "./find-contact.ts";

/** Date and time of this machine's zone, to the minute: 2026-11-23 14:02. */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** One line for a message, further lines of its text indented; the status of sent ones at the end. */
export function formatMessage(message: Message, contact: Contact): string {
  const { id, content, sentAtMs, direction, status, deletedBy, edited, quote } = message;
  const start = `${id}  ${formatTime(sentAtMs)}  `;
  if (content.type === "event") return `${start}* ${describeEvent(content.event)}`;
  const who = direction === "sent" ? "me" : sanitizeName(nameOf(contact));
  const marks = [
    ...(edited ? ["edited"] : []),
    ...message.reactions.map(({ emoji, count }) => (count > 1 ? `${emoji} ${count}` : emoji)),
    ...(status === undefined ? [] : [status.state === "failed" ? `failed: ${status.reason}` : status.state]),
  ];
  const quoted = quote === undefined ? [] : quote.text.split("\n").map((line) => `| ${line}`);
  const text = deletedBy === undefined ? textOf(message) : "(deleted)";
  const lines = [...quoted, ...text.split("\n")].join(`\n${" ".repeat(4)}`);
  return `${start}${who}: ${lines}${marks.length === 0 ? "" : `  [${marks.join(", ")}]`}`;
}

function textOf({ content, text }: Message): string {
  const kind = kindOf(content);
  return [...(kind === undefined ? [] : [`(${kind})`]), ...(text === "" ? [] : [text])].join(" ");
}

function kindOf(content: MessageContent): string | undefined {
  switch (content.type) {
    case "text":
    case "link":
    case "event":
      return undefined;
    case "unsupported":
      return `unsupported message: ${sanitizeLine(content.name)}`;
    case "report":
      return `report: ${sanitizeLine(content.reason)}`;
    default:
      return content.file === undefined
        ? content.type
        : `${content.type}: ${sanitizeLine(content.file.name)}`;
  }
}

function describeEvent(event: ConversationEvent): string {
  switch (event.type) {
    case "connected":
      return "connected";
    case "contactDeleted":
      return "the contact ended the connection";
    case "profileChanged":
      return `the profile changed: ${sanitizeName(event.to.displayName)}`;
    case "preferencesChanged":
      return "the preferences changed";
    case "quantumSafe":
      return `quantum-safe encryption is ${event.on ? "on" : "off"}`;
    case "verified":
      return event.on ? "the security code was verified" : "the security code is no longer verified";
    case "securityCodeChanged":
      return "the encryption was agreed anew: verify the security code again";
    case "ratchetSync":
      return `encryption: ${event.state}`;
    case "relayChanged":
      return `${event.side === "mine" ? "our" : "the contact's"} relay: ${event.host} (${event.phase})`;
    case "integrity":
      return `${event.count} messages: ${event.problem}`;
    case "undecryptable":
      return `${event.count} messages could not be decrypted`;
  }
}

/** One line for a contact. */
export function formatContact(contact: Contact, unread: number): string {
  const marks = [
    contact.state,
    ...(contact.verified ? ["verified"] : []),
    ...(unread > 0 ? [`${unread} unread`] : []),
  ];
  return `${contact.id}  ${sanitizeName(nameOf(contact))}  ${marks.join(", ")}`;
}

/** The link to hand on: the short one where there is one. */
export function linkOf({ shortLink, fullLink }: Pick<Invitation, "shortLink" | "fullLink">): string {
  return shortLink ?? fullLink;
}
