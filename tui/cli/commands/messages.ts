import { type Chat, ChatError, type Contact, type Message, pageLimitMax } from "../../../core/chat/api.ts";
import type { Call, Command } from "../command.ts";
import { findContact } from "../find-contact.ts";
import { formatMessage } from "../format.ts";
import { waitFor } from "../wait.ts";

const limitDefault = 50;
const idMax = Number.MAX_SAFE_INTEGER;

export const messages: Command = {
  name: "messages",
  summary: "shows a conversation, or what comes in",
  usage: [
    "messages <contact> [--limit N] [--before ID | --after ID] [--read]",
    "messages <contact> --follow [--timeout TIME]",
    "messages --follow    (new ones of everybody)",
  ],
  options: {
    limit: { value: "N", help: `how many (${limitDefault})` },
    before: { value: "ID", help: "those before this message" },
    after: { value: "ID", help: "those after this message" },
    read: { help: "marks what is shown as read" },
    follow: { help: "goes on with new messages as they come; with --json one object a line" },
    timeout: { value: "TIME", help: "how long to follow; until Ctrl-C when not given" },
  },
  arguments: [0, 1],
  async run(call) {
    const request = requestOf(call);
    if (call.options.flag("follow")) return follow(call, request);
    const [wanted] = call.args;
    if (wanted === undefined)
      throw new ChatError("badArgument", "A contact is missing; without one there is messages --follow.");
    const { chat } = await call.open();
    const contact = await findContact(chat, wanted);
    const page = await read(chat, contact, request);
    if (call.io.json) call.io.result(page, "");
    else for (const message of page) call.io.result(message, formatMessage(message, contact));
    await markRead(call, chat, page.at(-1));
  },
};

interface Request {
  readonly limit: number;
  readonly range: { readonly before?: number; readonly after?: number };
  readonly timeoutMs: number | undefined;
}

function requestOf({ options }: Call): Request {
  const [before, after] = [options.whole("before", 1, idMax), options.whole("after", 0, idMax)];
  return {
    limit: options.whole("limit", 0, pageLimitMax) ?? limitDefault,
    range: { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
    timeoutMs: options.durationMs("timeout"),
  };
}

async function read(chat: Chat, { id }: Contact, { limit, range }: Request): Promise<readonly Message[]> {
  if (limit === 0) return [];
  return (await chat.message.list({ contactId: id, limit, ...range })).messages;
}

async function markRead({ options }: Call, chat: Chat, last: Message | undefined): Promise<void> {
  if (last !== undefined && options.flag("read"))
    await chat.conversation.markRead({ contactId: last.contactId, upTo: last.id });
}

/** Shows the history of a contact, if one is named, and then what comes from there, or from everybody. */
async function follow(call: Call, request: Request): Promise<void> {
  const { args, io, open, signal } = call;
  const { chat, relayReady } = await open();
  // Listening begins before all else, so that nothing falls between.
  const arrived: Message[] = [];
  let wake: () => void = () => undefined;
  const unsubscribe = chat.subscribe((event) => {
    if (event.type !== "message.added") return;
    arrived.push(event.message);
    wake();
  });
  const [wanted] = args;
  const contact = wanted === undefined ? undefined : await findContact(chat, wanted);
  await relayReady();
  const page = contact === undefined ? [] : await read(chat, contact, request);
  const shown = new Set(page.map(({ id }) => id));
  const show = async (message: Message): Promise<void> => {
    const from = contact ?? (await chat.contact.get({ contactId: message.contactId }));
    io.result(message, formatMessage(message, from));
    await markRead(call, chat, message);
  };
  for (const message of page) await show(message);
  await waitFor<never>(
    async () => {
      for (const message of arrived.splice(0)) {
        const isWanted = contact === undefined || message.contactId === contact.id;
        if (isWanted && !shown.has(message.id)) await show(message);
      }
      return undefined;
    },
    (listener) => {
      wake = listener;
      return unsubscribe;
    },
    { timeoutMs: request.timeoutMs, signal },
  );
}
