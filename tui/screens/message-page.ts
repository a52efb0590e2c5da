import type { Message } from "../../core/chat/api.ts";
import { sanitizeLine } from "../../core/chat/sanitize.ts";
import type { PageScreen } from "../app/model.ts";
import { emptyPageState, type PageRow } from "../page/page.ts";
import { span } from "../style/line.ts";
import { fullTime } from "../text/time.ts";

/** All that is known about one message, to read. */
export function messagePage(message: Message): PageScreen {
  const rows: PageRow[] = [
    value(message.direction === "sent" ? "Sent" : "Sent by them", fullTime(message.sentAtMs)),
  ];
  if (message.receivedAtMs !== undefined) rows.push(value("Received", fullTime(message.receivedAtMs)));
  if (message.status !== undefined)
    rows.push({ kind: "value", label: "Status", value: [statusText(message.status)] });
  if (message.edited) rows.push(value("Edited", "yes"));
  if (message.expiresAtMs !== undefined) rows.push(value("Disappears", fullTime(message.expiresAtMs)));
  if (message.content.type !== "text") rows.push(value("Kind", message.content.type));
  for (const { emoji, count, mine } of message.reactions)
    rows.push(value("Reaction", `${sanitizeLine(emoji)} ${count}${mine ? ", one is yours" : ""}`));
  return {
    kind: "page",
    name: "message",
    state: emptyPageState,
    build: () => ({ title: "Message", rows }),
    act: () => undefined,
  };
}

function value(label: string, text: string): PageRow {
  return { kind: "value", label, value: [span(text)] };
}

function statusText(status: NonNullable<Message["status"]>) {
  switch (status.state) {
    case "pending":
      return span("waiting for a relay; it goes by itself as soon as one can be reached");
    case "sent":
      return span("at the relay, not fetched yet");
    case "delivered":
      return span(`delivered ${fullTime(status.atMs)}`);
    case "failed":
      return span(`failed: ${sanitizeLine(status.reason)} (t tries again)`, "error");
  }
}
