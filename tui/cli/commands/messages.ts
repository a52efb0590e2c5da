import type { Message } from "../../../core/chat/api.ts";
import { pageLimitMax } from "../../../core/chat/api.ts";
import { type Command, openConnected } from "../command.ts";
import { findContact } from "../find-contact.ts";
import { formatMessage } from "../format.ts";
import { waitFor } from "../wait.ts";

const limitDefault = 50;
const idMax = Number.MAX_SAFE_INTEGER;

export const messages: Command = {
  name: "messages",
  summary: "shows a conversation",
  usage: [
    "messages <contact> [--limit N] [--before ID | --after ID] [--read]",
    "messages <contact> --follow [--timeout TIME]",
  ],
  options: {
    limit: { value: "N", help: `how many (${limitDefault})` },
    before: { value: "ID", help: "those before this message" },
    after: { value: "ID", help: "those after this message" },
    read: { help: "marks what is shown as read" },
    follow: { help: "goes on with new messages as they come; with --json one object a line" },
    timeout: { value: "TIME", help: "how long to follow; until Ctrl-C when not given" },
  },
  arguments: [1, 1],
  async run(call) {
    const { args, options, io, signal } = call;
    const [wanted = ""] = args;
    const follow = options.flag("follow");
    const [before, after] = [options.whole("before", 1, idMax), options.whole("after", 0, idMax)];
    const limit = options.whole("limit", 0, pageLimitMax) ?? limitDefault;
    const timeoutMs = options.durationMs("timeout");
    const { chat } = follow ? { chat: await openConnected(call) } : await call.open();
    const contact = await findContact(chat, wanted);
    const contactId = contact.id;
    const show = async (shown: readonly Message[]): Promise<void> => {
      for (const message of shown) io.result(message, formatMessage(message, contact));
      const last = shown.at(-1);
      if (last !== undefined && options.flag("read"))
        await chat.conversation.markRead({ contactId, upTo: last.id });
    };
    // Listening begins before the history is read, so that nothing falls between them.
    const arrived: Message[] = [];
    let wake: () => void = () => undefined;
    const unsubscribe = chat.subscribe((event) => {
      if (event.type !== "message.added" || event.message.contactId !== contactId) return;
      arrived.push(event.message);
      wake();
    });
    const page =
      limit === 0
        ? []
        : (
            await chat.message.list({
              contactId,
              limit,
              ...(before === undefined ? {} : { before }),
              ...(after === undefined ? {} : { after }),
            })
          ).messages;
    if (io.json && !follow) io.result(page, "");
    else await show(page);
    const lastId = page.at(-1)?.id ?? 0;
    if (follow) {
      await waitFor<never>(
        async () => {
          await show(arrived.splice(0).filter(({ id }) => id > lastId));
          return undefined;
        },
        (listener) => {
          wake = listener;
          return unsubscribe;
        },
        { timeoutMs, signal },
      );
    } else {
      unsubscribe();
      const last = page.at(-1);
      if (io.json && last !== undefined && options.flag("read"))
        await chat.conversation.markRead({ contactId, upTo: last.id });
    }
  },
};
