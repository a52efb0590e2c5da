import { sanitizeName } from "../../../core/chat/sanitize.ts";
import { type Command, openConnected } from "../command.ts";
import { nameOf } from "../find-contact.ts";
import { linkOf } from "../format.ts";
import { waitFor } from "../wait.ts";

export const invite: Command = {
  name: "invite",
  summary: "makes a one-time link for one person to connect with",
  usage: ["invite [--label TEXT] [--incognito] [--long] [--qr] [--wait]"],
  options: {
    label: { value: "TEXT", help: "a note of yours for whom it is" },
    incognito: { help: "shows that person a random name" },
    long: { help: "the long link, which needs no relay to be read" },
    qr: { help: "prints the link as a QR code, too" },
    wait: { help: "stays until somebody has connected by it" },
    timeout: { value: "TIME", help: "how long --wait waits, such as 30s or 5m" },
  },
  arguments: [0, 0],
  async run(call) {
    const { options, io, signal } = call;
    const label = options.text("label");
    const timeoutMs = options.durationMs("timeout");
    const chat = await openConnected(call);
    const invitation = await chat.invitation.create({
      incognito: options.flag("incognito"),
      ...(label === undefined ? {} : { label }),
    });
    const link = options.flag("long") ? invitation.fullLink : linkOf(invitation);
    io.result(invitation, options.flag("qr") ? `${await qrText(link)}\n${link}` : link);
    if (!options.flag("wait")) return;
    let joinedId: number | undefined;
    const contact = await waitFor(
      async () => {
        if (joinedId === undefined) return undefined;
        const joined = await chat.contact.get({ contactId: joinedId });
        return joined.state === "connected" ? joined : undefined;
      },
      (listener) =>
        chat.subscribe((event) => {
          if (event.type === "contact.added" && event.invitationId === invitation.id)
            joinedId = event.contact.id;
          listener();
        }),
      { timeoutMs, signal },
    );
    if (contact === undefined) io.note("Nobody has connected yet. The link stays good until it is used.");
    else io.result(contact, `${contact.id}  ${sanitizeName(nameOf(contact))}`);
  },
};

async function qrText(link: string): Promise<string> {
  const { default: qrcode } = await import("qrcode-terminal");
  return new Promise((resolve) => qrcode.generate(link, { small: true }, (text) => resolve(text)));
}
