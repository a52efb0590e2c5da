import { ChatError, type Contact } from "../../../core/chat/api.ts";
import { sanitizeName } from "../../../core/chat/sanitize.ts";
import { type Call, type Command, finish, openConnected } from "../command.ts";
import { findContact, nameOf } from "../find-contact.ts";
import { formatContact, formatTime } from "../format.ts";

const actions: Readonly<Record<string, (call: Call, args: readonly string[]) => Promise<void>>> = {
  async list({ io, open }) {
    const { chat } = await open();
    const unread = new Map((await chat.conversation.list()).map((one) => [one.contact.id, one.unread]));
    const contacts = await chat.contact.list();
    const count = ({ id }: Contact): number => unread.get(id) ?? 0;
    io.result(
      contacts.map((contact) => ({ ...contact, unread: count(contact) })),
      contacts.map((contact) => formatContact(contact, count(contact))).join("\n"),
    );
    if (contacts.length === 0) io.note("No contacts yet: sotto invite makes a link for somebody.");
  },
  async verify({ io, open }, [wanted, code]) {
    const { chat } = await open();
    const contact = await findContact(chat, needed(wanted, "a contact"));
    if (code !== undefined) await chat.contact.verify({ contactId: contact.id, code });
    const security = await chat.connection.security({ contactId: contact.id });
    if (security.code === undefined)
      throw new ChatError("notConnected", "There is no security code before the connection is there.");
    io.result(security, `${security.code}${security.verified ? "  verified" : ""}`);
  },
  async rename({ io, open }, [wanted, alias]) {
    const { chat } = await open();
    const { id } = await findContact(chat, needed(wanted, "a contact"));
    const contact = await chat.contact.rename({ contactId: id, alias: needed(alias, "a name") });
    io.result(contact, formatContact(contact, 0));
  },
  async delete(call, [wanted]) {
    const chat = await openConnected(call);
    const contact = await findContact(chat, needed(wanted, "a contact"));
    await chat.contact.delete({ contactId: contact.id, notify: !call.options.flag("quiet") });
    await finish(call);
    call.io.result({ contactId: contact.id }, "");
    call.io.note(`${sanitizeName(nameOf(contact))} is deleted.`);
  },
  async requests({ io, open }) {
    const { chat } = await open();
    const requests = await chat.request.list();
    io.result(
      requests,
      requests
        .map(({ id, profile, receivedAtMs, text }) =>
          [
            `${id}`,
            formatTime(receivedAtMs),
            sanitizeName(profile.displayName),
            ...(text ? [text] : []),
          ].join("  "),
        )
        .join("\n"),
    );
  },
  async accept(call, [request]) {
    const chat = await openConnected(call);
    const contact = await chat.request.accept({
      requestId: requestId(request),
      incognito: call.options.flag("incognito"),
    });
    call.io.result(contact, formatContact(contact, 0));
  },
  async reject({ io, open }, [request]) {
    const { chat } = await open();
    await chat.request.reject({ requestId: requestId(request) });
    io.result({}, "");
  },
};

export const contacts: Command = {
  name: "contacts",
  summary: "lists contacts and requests, verifies, renames, deletes",
  usage: [
    "contacts [list]",
    "contacts verify <contact> [CODE]    (shows the security code, or compares it)",
    "contacts rename <contact> <name>",
    "contacts delete <contact> [--quiet]",
    "contacts requests",
    "contacts accept <request> [--incognito]",
    "contacts reject <request>",
  ],
  options: {
    quiet: { help: "deletes without telling the contact" },
    incognito: { help: "shows the other side a random name" },
  },
  arguments: [0, 3],
  async run(call) {
    const [action = "list", ...args] = call.args;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined)
      throw new ChatError(
        "badArgument",
        `contacts can't "${action}": it can ${Object.keys(actions).join(", ")}.`,
      );
    await run(call, args);
  },
};

function needed(value: string | undefined, what: string): string {
  if (value === undefined)
    throw new ChatError("badArgument", `${what} is missing; see sotto contacts --help.`);
  return value;
}

function requestId(value: string | undefined): number {
  const text = needed(value, "the number of a request");
  if (!/^\d{1,15}$/.test(text))
    throw new ChatError(
      "badArgument",
      `"${text}" is not the number of a request; sotto contacts requests lists them.`,
    );
  return Number(text);
}
