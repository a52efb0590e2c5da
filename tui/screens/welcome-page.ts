import type { Relay } from "../../core/chat/api.ts";
import type { PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { emptyPageState, type PageRow } from "../page/page.ts";
import { span } from "../style/line.ts";
import { againRow, checkAgain } from "./again.ts";

type Choice = "local" | "own" | "public" | "later";

/** The first run: a name, relays, perhaps a passphrase, and on to the first invitation (`done`). */
export async function welcomePage(ui: Ui, suggestedName: string, done: () => void): Promise<PageScreen> {
  const presets = await ui.chat.relay.presets();
  const options = [
    ...(ui.host.startRelay === undefined
      ? []
      : [{ id: "local", label: "one on this machine, started for you" }]),
    { id: "own", label: "my own: paste an address" },
    ...(presets.length === 0
      ? []
      : [
          {
            id: "public",
            label: "public relays of the network",
          },
        ]),
    { id: "later", label: "none yet" },
  ];
  const first = options[0]?.id ?? "later";
  return {
    kind: "page",
    name: "welcome",
    stays: true,
    state: emptyPageState,
    build: (_, { edits }) => {
      const relay = edits["relay"]?.text ?? first;
      const about: Record<string, string[]> = {
        local: ["To try it out, or for a local network."],
        own: ["smp://<fingerprint>@<host>: npm run relay prints it, or whoever runs the relay."],
        public: presets.map(
          ({ operator, conditionsUrl }) => `Run by ${operator}, under its conditions: ${conditionsUrl}`,
        ),
        later: ["You can look around. Inviting and joining need a relay."],
      };
      return {
        title: "sotto",
        form: true,
        rows: [
          note("A private chat. No account, no phone number: your messages and contacts"),
          note("stay on this machine."),
          note(""),
          {
            kind: "text",
            id: "name",
            label: "Your name",
            value: suggestedName,
            hint: "people you connect with see it",
          },
          { kind: "choice", id: "relay", label: "Relay", value: relay, options },
          ...(about[relay] ?? []).map(
            (text): PageRow => ({ kind: "value", label: "", value: [span(text, "dim")] }),
          ),
          ...(relay === "own"
            ? [{ kind: "text" as const, id: "address", label: "Its address", value: "" }]
            : []),
          {
            kind: "text",
            id: "passphrase",
            label: "Passphrase",
            value: "",
            secret: true,
            hint: "optional; can be set later",
          },
          ...againRow(edits["passphrase"]?.text),
          note(""),
          { kind: "action", id: "start", label: "start" },
        ],
      };
    },
    act: (id, value) => {
      const screen = ui.model.screen;
      if (screen?.kind !== "page") return;
      const { state } = screen;
      if (id === "relay")
        return ui.show({
          ...screen,
          state: { ...state, edits: { ...state.edits, relay: { text: value, cursor: 0 } } },
        });
      if (id !== "start") {
        const afterPassphrase = state.edits["passphrase"]?.text ? "again" : "start";
        const focusId = id === "passphrase" ? afterPassphrase : (nextField[id] ?? "start");
        return ui.show({ ...screen, state: { ...state, focusId } });
      }
      const typed = (name: string, fallback: string) => state.edits[name]?.text ?? fallback;
      void ui.attempt(async () => {
        const displayName = typed("name", suggestedName).trim();
        if (displayName === "") throw new Error("Type a name first: it is what people you connect with see.");
        const choice = typed("relay", first) as Choice;
        ui.notice(choice === "local" ? "Starting the relay ..." : "Starting ...");
        const passphrase = typed("passphrase", "");
        checkAgain(passphrase, typed("again", ""));
        const relays = await chosenRelays(ui, choice, typed("address", "").trim(), presets);
        if (relays.length > 0) await ui.chat.relay.set({ relays });
        if (ui.model.profile === null) await ui.chat.profile.create({ displayName });
        if (passphrase !== "") await ui.chat.storage.setPassphrase({ passphrase });
        ui.update((model) => {
          const { notice: _, ...rest } = model;
          return rest;
        });
        ui.closeScreen();
        done();
      });
    },
  };
}

/** Enter on a text goes on to the next row. */
const nextField: Readonly<Record<string, string>> = {
  name: "relay",
  address: "passphrase",
};

function note(text: string): PageRow {
  return { kind: "note", line: [span(text, "dim")] };
}

async function chosenRelays(
  ui: Ui,
  choice: Choice,
  address: string,
  presets: Awaited<ReturnType<Ui["chat"]["relay"]["presets"]>>,
): Promise<Omit<Relay, "host">[]> {
  const relay = { receive: true, proxy: true, enabled: true } as const;
  switch (choice) {
    case "local":
      return ui.host.startRelay === undefined
        ? []
        : // It would carry messages from this machine, where they come from anyway.
          [{ ...relay, proxy: false, address: await ui.host.startRelay(), origin: "local" }];
    case "own":
      if (address === "") throw new Error("Paste the address of your relay, or choose another relay.");
      await ui.chat.relay.test({ address });
      return [{ ...relay, address, origin: "own" }];
    case "public":
      return presets.flatMap(({ operator, addresses }) =>
        addresses.map((each) => ({ ...relay, address: each, origin: "preset" as const, operator })),
      );
    case "later":
      return [];
  }
}
