import { base64urlDecode } from "../../bytes/index.ts";
import { messageContent } from "../protocol/content.ts";
import type { KnownEvent } from "../protocol/events.ts";
import type { MessageRecord } from "../store/records.ts";

/**
 * The event that a message of ours goes in. Of a quoted text that is too long for it, the beginning is kept, as long as
 * it can be: the one who reads it has the whole message.
 * Specification: SimpleX Chat protocol, "x.msg.new".
 * @param fits whether an event fits into one message; when none does, the one without the quoted text is given
 */
export function newMessageEvent(message: MessageRecord, fits: (event: KnownEvent) => boolean): KnownEvent {
  const whole = withQuote(message, message.quote?.text ?? "");
  if (message.quote === undefined || fits(whole)) return whole;
  const characters = Array.from(message.quote.text);
  const shortened = (count: number) => withQuote(message, `${characters.slice(0, count).join("")}…`);
  let fitting = 0;
  let tooMany = characters.length;
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (fits(shortened(middle))) fitting = middle;
    else tooMany = middle;
  }
  return shortened(fitting);
}

function withQuote({ content, ttlSeconds, quote, quotedSharedId }: MessageRecord, text: string): KnownEvent {
  return {
    event: "x.msg.new",
    params: {
      content: messageContent.decode(content ?? { type: "text", text: "" }),
      ...(ttlSeconds === undefined ? {} : { ttl: ttlSeconds }),
      ...(quote === undefined || quotedSharedId === undefined
        ? {}
        : {
            quote: {
              msgRef: {
                msgId: base64urlDecode(quotedSharedId),
                sentAt: new Date(quote.atMs).toISOString(),
                sent: quote.by === "me",
              },
              content: { type: "text", text },
            },
          }),
    },
  };
}
