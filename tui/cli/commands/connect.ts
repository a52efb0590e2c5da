import { sanitizeName } from "../../../core/chat/sanitize.ts";
import { type Command, openConnected } from "../command.ts";
import { nameOf } from "../find-contact.ts";
import { waitFor } from "../wait.ts";

const timeoutMsDefault = 20_000;

export const connect: Command = {
  name: "connect",
  summary: "connects by an invitation or an address",
  usage: ["connect <link> [--incognito] [--text TEXT] [--timeout TIME]"],
  options: {
    incognito: { help: "shows the other side a random name" },
    text: { value: "TEXT", help: "goes along with a request to an address" },
    timeout: { value: "TIME", help: "how long to wait for the other side to answer (20s); 0 does not wait" },
  },
  details: `The link is used when this ends well, also if the other side has not answered yet: then the contact is
"connecting", and whatever runs next (sotto, sotto rpc, sotto send) completes it.`,
  arguments: [1, 1],
  async run(call) {
    const { args, options, io, signal } = call;
    const [link = ""] = args;
    const text = options.text("text");
    const timeoutMs = options.durationMs("timeout") ?? timeoutMsDefault;
    const chat = await openConnected(call);
    const joined = await chat.connection.join({
      link,
      incognito: options.flag("incognito"),
      ...(text === undefined ? {} : { text }),
    });
    const get = () => chat.contact.get({ contactId: joined.id });
    await waitFor(
      async () => ((await get()).state === "connecting" ? undefined : true),
      (listener) => chat.subscribe(listener),
      { timeoutMs, signal },
    );
    const contact = await get();
    io.result(contact, `${contact.id}  ${sanitizeName(nameOf(contact), "(no name yet)")}  ${contact.state}`);
  },
};
