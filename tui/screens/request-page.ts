import type { ContactRequest } from "../../core/chat/api.ts";
import { sanitizeName, sanitizeText } from "../../core/chat/sanitize.ts";
import type { ConversationControl } from "../app/conversation.ts";
import type { PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { emptyPageState } from "../page/page.ts";
import { span } from "../style/line.ts";
import { fullTime } from "../text/time.ts";
import { wrapText } from "../text/wrap.ts";

/** Somebody asks to connect: accept or reject. */
export function requestPage(ui: Ui, conversation: ConversationControl, request: ContactRequest): PageScreen {
  const name = sanitizeName(request.profile.displayName);
  return {
    kind: "page",
    name: "request",
    state: emptyPageState,
    build: ({ size }) => ({
      title: `${name} wants to connect`,
      aside: fullTime(request.receivedAtMs),
      rows: [
        ...wrapText(sanitizeText(request.text ?? "They sent no text."), size.columns - 8).map((text) => ({
          kind: "note" as const,
          line: [span(text)],
        })),
        { kind: "note", line: [] },
        { kind: "action", id: "accept", label: "accept" },
        { kind: "action", id: "incognito", label: "accept incognito", hint: "they see a random name" },
        { kind: "action", id: "reject", label: "reject", hint: "they are not told" },
      ],
    }),
    act: (id) => {
      const requestId = request.id;
      void ui.attempt(async () => {
        if (id === "reject") {
          await ui.chat.request.reject({ requestId });
          ui.closeScreen();
        } else {
          const contact = await ui.chat.request.accept({ requestId, incognito: id === "incognito" });
          await conversation.open(contact.id);
        }
      });
    },
  };
}
