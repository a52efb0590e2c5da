import type { LinkPreview } from "../../core/chat/api.ts";
import { sanitizeName, sanitizeText } from "../../core/chat/sanitize.ts";
import type { ConversationControl } from "../app/conversation.ts";
import type { PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { emptyPageState, type PageRow } from "../page/page.ts";
import { span } from "../style/line.ts";

/** Paste a link, or name a picture with a QR code; see whose it is; connect. */
export function joinPage(ui: Ui, conversation: ConversationControl, link = ""): PageScreen {
  return {
    kind: "page",
    name: "join",
    state: emptyPageState,
    build: (_, { edits }) => ({
      title: "Join with a link",
      rows: [
        { kind: "text", id: "link", label: "Link", value: link, hint: "paste it, or the path of a picture" },
        {
          kind: "choice",
          id: "incognito",
          label: "They see",
          value: edits["incognito"]?.text ?? "no",
          options: [
            { id: "no", label: "your name" },
            { id: "yes", label: "a random name" },
          ],
        },
        { kind: "action", id: "connect", label: "connect" },
        { kind: "note", line: [] },
        {
          kind: "note",
          line: [span("A link looks like https://relay.example/i#... or simplex:/invitation#...", "dim")],
        },
        { kind: "note", line: [span("A PNG picture or screenshot of a QR code works as well.", "dim")] },
      ],
    }),
    act: (id, value) => {
      const screen = ui.model.screen;
      if (screen?.kind !== "page") return;
      if (id === "incognito") {
        const edits = { ...screen.state.edits, incognito: { text: value, cursor: 0 } };
        return ui.show({ ...screen, state: { ...screen.state, edits } });
      }
      const typed = screen.state.edits["link"]?.text ?? link;
      const incognito = screen.state.edits["incognito"]?.text === "yes";
      void ui.attempt(async () => {
        const found = await linkOf(ui, typed.trim());
        ui.notice("Asking the relay what this link is ...");
        const preview = await ui.chat.connection.preview({ link: found });
        if (preview.contactId !== undefined) return conversation.open(preview.contactId);
        if (preview.kind === "address")
          return ui.show({ ...addressJoinPage(ui, conversation, found, preview, incognito), back: screen });
        const contact = await ui.chat.connection.join({ link: found, incognito });
        await conversation.open(contact.id);
      });
    },
  };
}

/** An address shows who it is of, and takes a text along. */
function addressJoinPage(
  ui: Ui,
  conversation: ConversationControl,
  link: string,
  preview: LinkPreview,
  incognito: boolean,
): PageScreen {
  const name = sanitizeName(preview.profile?.displayName ?? "", "this address");
  const welcome: PageRow[] =
    preview.welcomeText === undefined
      ? []
      : sanitizeText(preview.welcomeText)
          .split("\n")
          .map((text) => ({ kind: "note", line: [span(text)] }));
  return {
    kind: "page",
    name: "joinAddress",
    state: emptyPageState,
    build: () => ({
      title: `Ask ${name} to connect`,
      rows: [
        ...welcome,
        { kind: "text", id: "text", label: "A word with it", value: "", hint: "optional; enter sends" },
        { kind: "action", id: "connect", label: "send the request" },
      ],
    }),
    act: () => {
      const screen = ui.model.screen;
      const text = screen?.kind === "page" ? (screen.state.edits["text"]?.text.trim() ?? "") : "";
      void ui.attempt(async () => {
        const contact = await ui.chat.connection.join({ link, incognito, ...(text !== "" && { text }) });
        await conversation.open(contact.id);
        ui.notice(`Asked. You are connected when ${name} accepts.`);
      });
    },
  };
}

/** What was typed, or the text of the QR code in the picture file that it names. */
async function linkOf(ui: Ui, typed: string): Promise<string> {
  if (typed === "") throw new Error("There is no link yet: paste one, or type the path of a picture.");
  const picture = /^(?:file:\/\/)?(.+\.(?:png|jpe?g))$/i.exec(typed.replace(/^(['"])(.*)\1$/, "$2"))?.[1];
  return picture !== undefined && !/^https?:/i.test(typed) ? ui.host.readQrFile(picture) : typed;
}
