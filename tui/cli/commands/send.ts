import process from "node:process";
import { ChatError, type Message, messageTextBytesMax } from "../../../core/chat/api.ts";
import { toChatError } from "../../../core/chat/engine/errors.ts";
import type { Command } from "../command.ts";
import { findContact } from "../find-contact.ts";
import { sendTimeoutMs, waitFor } from "../wait.ts";

export const send: Command = {
  name: "send",
  summary: "sends a message and waits until the relay has it",
  usage: ["send <contact> <text>", "send <contact> -    (the text comes from standard input)"],
  options: {
    delivered: { help: "waits until the contact's client has it" },
    "reply-to": { value: "ID", help: "the message it answers" },
    ttl: { value: "TIME", help: "lets it disappear from both sides after this time" },
    timeout: { value: "TIME", help: "how long to wait (30s); 0 does not wait" },
  },
  details: `A message that could not be sent in time is kept, and goes when sotto runs next; the exit code says so.`,
  arguments: [2, 2],
  async run(call) {
    const { args, options, io, signal } = call;
    const [wanted = "", given = ""] = args;
    const timeoutMs = options.durationMs("timeout") ?? sendTimeoutMs;
    const replyTo = options.whole("reply-to", 1, Number.MAX_SAFE_INTEGER);
    const ttlMs = options.durationMs("ttl");
    const text = given === "-" ? await readText() : given;
    const { chat, relayReady } = await call.open();
    const contact = await findContact(chat, wanted);
    const { id } = await chat.message.send({
      contactId: contact.id,
      text,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(ttlMs === undefined ? {} : { ttlSeconds: Math.ceil(ttlMs / 1000) }),
    });
    const isDone = ({ status }: Message): boolean =>
      status?.state === "failed" ||
      status?.state === "delivered" ||
      (status?.state === "sent" && !options.flag("delivered"));
    let unreachable: ChatError | undefined;
    if (timeoutMs > 0) {
      await waitFor(
        async () =>
          unreachable !== undefined || isDone(await chat.message.get({ messageId: id })) ? true : undefined,
        (listener) => {
          relayReady().catch((error: unknown) => {
            unreachable = toChatError(error);
            listener();
          });
          return chat.subscribe(listener);
        },
        { timeoutMs, signal },
      );
    }
    const message = await chat.message.get({ messageId: id });
    io.result(message, `${id}  ${message.status?.state ?? ""}`);
    if (message.status?.state === "failed") throw new ChatError("relayRefused", message.status.reason);
    if (timeoutMs > 0 && !isDone(message)) {
      throw message.status?.state === "sent"
        ? new ChatError("notConnected", "The relay has the message; the contact has not taken it in time.")
        : new ChatError(
            "relayUnreachable",
            `The message could not be sent${unreachable === undefined ? " in time" : ` (${unreachable.message})`}. It is kept, and goes when sotto runs next.`,
          );
    }
  },
};

/** Standard input to its end, without the line end that closes it. @throws ChatError tooLong */
async function readText(): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : new Uint8Array(chunk);
    length += bytes.length;
    if (length > messageTextBytesMax + 2)
      throw new ChatError("tooLong", `A message has at most ${messageTextBytesMax} bytes. Nothing was sent.`);
    chunks.push(bytes);
  }
  return new TextDecoder().decode(Buffer.concat(chunks)).replace(/\r?\n$/, "");
}
