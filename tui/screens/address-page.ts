import type { PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { emptyPageState } from "../page/page.ts";
import { span } from "../style/line.ts";
import { confirm } from "./confirm.ts";

/** Our long-term address: make it, show it, choose who accepts, delete it. */
export function addressPage(ui: Ui): PageScreen {
  const { chat } = ui;
  return {
    kind: "page",
    name: "address",
    state: emptyPageState,
    build: ({ address }) => ({
      title: "Your address",
      aside: "anybody who has it can ask to connect",
      rows:
        address === null
          ? [
              {
                kind: "note",
                line: [
                  span(
                    "An invitation is for one person. An address is for many, and lasts until you delete it.",
                  ),
                ],
              },
              { kind: "note", line: [] },
              { kind: "action", id: "create", label: "make an address" },
            ]
          : [
              { kind: "value", label: "Link", value: [span(address.shortLink ?? address.fullLink)] },
              { kind: "action", id: "show", label: "show its QR code, copy or save it" },
              {
                kind: "choice",
                id: "autoAccept",
                label: "Requests",
                value:
                  address.autoAccept === undefined
                    ? "hand"
                    : address.autoAccept.incognito
                      ? "incognito"
                      : "auto",
                options: [
                  { id: "hand", label: "wait for you" },
                  { id: "auto", label: "are accepted" },
                  { id: "incognito", label: "are accepted incognito" },
                ],
              },
              {
                kind: "text",
                id: "welcomeText",
                label: "Welcome text",
                value: address.welcomeText ?? "",
                hint: "enter saves",
              },
              { kind: "note", line: [] },
              { kind: "action", id: "delete", label: "delete the address", hint: "contacts stay" },
            ],
    }),
    act: (id, value) =>
      void ui.attempt(async () => {
        switch (id) {
          case "create":
            ui.notice("Asking the relay ...");
            await chat.address.create();
            return ui.notice("Your address is ready.");
          case "autoAccept":
            await chat.address.update({
              autoAccept: value === "hand" ? null : { incognito: value === "incognito" },
            });
            return;
          case "welcomeText":
            await chat.address.update({ welcomeText: value });
            return ui.notice("Saved.");
          case "delete":
            return ui.set({
              picker: confirm("deleteAddress", "", "delete the address?", "yes: its link works no more"),
            });
          case "show": {
            const { address, screen } = ui.model;
            if (address === null) return;
            return ui.show({
              kind: "code",
              purpose: "address",
              code: { short: address.shortLink ?? address.fullLink, long: address.fullLink },
              long: address.shortLink === undefined,
              style: "half",
              ...(screen !== undefined && { back: screen }),
            });
          }
        }
      }),
  };
}
