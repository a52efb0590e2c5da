import type { PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { byteSize, count } from "../history/summary.ts";
import { emptyPageState, type PageRow } from "../page/page.ts";
import { settingChoices } from "../settings/settings.ts";
import { span } from "../style/line.ts";
import { againRow, checkAgain } from "./again.ts";

const on = [
  { id: "true", label: "on" },
  { id: "false", label: "off" },
];
const plain = (values: readonly string[]) => values.map((id) => ({ id, label: id }));
const notifyLabels = {
  osc9: "desktop (OSC 9) and bell",
  osc777: "desktop (OSC 777) and bell",
  bell: "bell",
  off: "off",
} as const;
const detailLabels = {
  none: "that there is a message",
  name: "who wrote",
  text: "who wrote and what",
} as const;
const routing = [
  { id: "always", label: "always" },
  { id: "unknown", label: "for relays that are not yours" },
  { id: "unprotected", label: "for those, unless through Tor" },
  { id: "never", label: "never" },
];

/** Profile, looks, notifications, network and storage on one page. */
export async function settingsPage(ui: Ui): Promise<PageScreen> {
  const { chat } = ui;
  let network = await chat.network.get();
  const storage = await chat.storage.info();
  const change = (run: () => Promise<unknown>) =>
    void ui.attempt(async () => {
      await run();
      ui.update((model) => ({ ...model }));
    });
  return {
    kind: "page",
    name: "settings",
    state: emptyPageState,
    build: ({ profile }, { edits }) => {
      const { settings, problems } = ui.settings;
      const trouble: PageRow[] = problems.map((problem) => ({
        kind: "note",
        line: [span(`settings file: ${problem}; changes here are not saved until it is mended`, "warning")],
      }));
      return {
        title: "Settings",
        aside: "saved at once",
        rows: [
          ...trouble,
          {
            kind: "text",
            id: "displayName",
            label: "Your name",
            value: profile?.displayName ?? "",
            hint: "enter tells your contacts",
          },
          {
            kind: "text",
            id: "description",
            label: "About you",
            value: profile?.description ?? "",
            hint: "one line",
          },
          {
            kind: "choice",
            id: "sendReceipts",
            label: "Receipts",
            value: String(profile?.sendReceipts ?? true),
            options: on,
            hint: "tell senders what arrived",
          },
          { kind: "note", line: [] },
          {
            kind: "choice",
            id: "background",
            label: "Background",
            value: settings.background,
            options: plain(settingChoices.background),
            hint: "at the next start",
          },
          {
            kind: "choice",
            id: "colours",
            label: "Colours",
            value: settings.colours,
            options: plain(settingChoices.colours),
            hint: "at the next start",
          },
          {
            kind: "choice",
            id: "emoji",
            label: "Emoji",
            value: settings.emoji,
            options: plain(settingChoices.emoji),
            hint: "simple if rows shift",
          },
          {
            kind: "choice",
            id: "links",
            label: "Clickable links",
            value: String(settings.links),
            options: on,
            hint: "at the next start",
          },
          {
            kind: "choice",
            id: "notify",
            label: "Notifications",
            value: settings.notify,
            options: settingChoices.notify.map((id) => ({ id, label: notifyLabels[id] })),
          },
          {
            kind: "choice",
            id: "notifyDetail",
            label: "They tell",
            value: settings.notifyDetail,
            options: settingChoices.notifyDetail.map((id) => ({ id, label: detailLabels[id] })),
          },
          { kind: "note", line: [] },
          {
            kind: "choice",
            id: "privateRouting",
            label: "Private routing",
            value: network.privateRouting,
            options: routing,
          },
          {
            kind: "text",
            id: "socksProxy",
            label: "SOCKS proxy",
            value: network.socksProxy ?? "",
            hint: "host:port, such as Tor",
          },
          { kind: "note", line: [] },
          {
            kind: "value",
            label: "On this machine",
            value: [
              span(
                `${byteSize(storage.sizeBytes)}, ${count(storage.messages, "message")}, ${count(storage.contacts, "contact")}`,
              ),
            ],
          },
          {
            kind: "text",
            id: "passphrase",
            label: storage.passphrase ? "New passphrase" : "Passphrase",
            value: "",
            secret: true,
            hint: storage.passphrase ? "is set; enter changes it" : "not set; enter sets it",
          },
          ...againRow(edits["passphrase"]?.text),
          ...(storage.passphrase
            ? [{ kind: "text" as const, id: "current", label: "Present passphrase", value: "", secret: true }]
            : []),
        ],
      };
    },
    act: (id, value) => {
      const typed = (name: string) => {
        const screen = ui.model.screen;
        return screen?.kind === "page" ? (screen.state.edits[name]?.text ?? "") : "";
      };
      switch (id) {
        case "displayName":
        case "description":
          return change(() => chat.profile.update({ [id]: value.trim() }));
        case "sendReceipts":
          return change(() => chat.profile.update({ sendReceipts: value === "true" }));
        case "links":
          return change(async () => ui.settings.update({ links: value === "true" }));
        case "background":
        case "emoji":
        case "colours":
        case "notify":
        case "notifyDetail":
          return change(async () => ui.settings.update({ [id]: value }));
        case "privateRouting":
        case "socksProxy":
          return change(async () => {
            network = await chat.network.set({ [id]: value === "" ? null : value });
          });
        case "current":
        case "again":
        case "passphrase": {
          const { screen } = ui.model;
          // The new one is typed twice before anything happens.
          if (id === "passphrase" && typed("again") === "" && typed(id) !== "" && screen?.kind === "page")
            return ui.show({ ...screen, state: { ...screen.state, focusId: "again" } });
          return change(async () => {
            checkAgain(typed("passphrase"), typed("again"));
            const current = typed("current");
            await chat.storage.setPassphrase({
              passphrase: typed("passphrase"),
              ...(current !== "" && { current }),
            });
            ui.show(await settingsPage(ui));
            ui.notice("The passphrase is set. Nobody can restore it: keep it safe.");
          });
        }
      }
    },
  };
}
