import type { Relay } from "../../core/chat/api.ts";
import { sanitizeLine } from "../../core/chat/sanitize.ts";
import type { PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { emptyPageState, type PageRow } from "../page/page.ts";
import { span } from "../style/line.ts";
import { exactTime } from "../text/time.ts";
import { confirm } from "./confirm.ts";

/** The relays of the profile: state, on and off, add by address, test. */
export async function relaysPage(ui: Ui): Promise<PageScreen> {
  const { chat } = ui;
  let relays = await chat.relay.list();
  const presets = await chat.relay.presets();
  const set = (next: readonly Relay[]) =>
    void ui.attempt(async () => {
      relays = await chat.relay.set({ relays: next.map(({ host: _, ...relay }) => relay) });
      ui.update((model) => ({ ...model }));
    });
  return {
    kind: "page",
    name: "relays",
    state: emptyPageState,
    build: ({ relays: statuses }) => {
      const known = relays.map<PageRow>((relay) => {
        const status = statuses.find(({ host }) => host === relay.host);
        const state =
          status === undefined || status.state === "idle"
            ? "not in use now"
            : status.state === "down"
              ? `down${status.reason === undefined ? "" : `: ${sanitizeLine(status.reason)}`}${status.retryAtMs === undefined ? "" : `, next try ${exactTime(status.retryAtMs)}`}`
              : status.state;
        return {
          kind: "choice",
          id: `relay ${relay.address}`,
          label: relay.host,
          value: relay.enabled ? "on" : "off",
          options: [
            { id: "on", label: "on" },
            { id: "off", label: "off" },
            { id: "remove", label: "remove" },
          ],
          hint: `${relay.operator === undefined ? "" : `${relay.operator}, `}${state}`,
        };
      });
      return {
        title: "Relays",
        aside: "messages wait there until they are fetched",
        rows: [
          ...known,
          { kind: "note", line: [] },
          { kind: "text", id: "add", label: "Add a relay", value: "", hint: "smp://fingerprint@host" },
          ...presets.flatMap<PageRow>(({ operator, conditionsUrl }) => [
            { kind: "action", id: `preset ${operator}`, label: `add the public relays of ${operator}` },
            {
              kind: "note",
              line: [span("under ", "dim"), { text: conditionsUrl, role: "dim", link: conditionsUrl }],
            },
          ]),
          {
            kind: "note",
            line: [span("Conversations stay where they are; details of a contact move them.", "dim")],
          },
        ],
      };
    },
    act: (id, value) => {
      if (id === "add") {
        void ui.attempt(async () => {
          const address = value.trim();
          ui.notice("Testing the relay ...");
          const { tookMs } = await chat.relay.test({ address });
          relays = await chat.relay.set({
            relays: [
              ...relays.map(({ host: _, ...relay }) => relay),
              { address, receive: true, proxy: true, origin: "own", enabled: true },
            ],
          });
          ui.show(await relaysPage(ui));
          ui.notice(`The relay answers (${Math.round(tookMs)} ms) and is in use for new conversations.`);
        });
      } else if (id.startsWith("preset ")) {
        const preset = presets.find(({ operator }) => id === `preset ${operator}`);
        if (preset === undefined) return;
        const missing = preset.addresses.filter(
          (address) => !relays.some((relay) => relay.address === address),
        );
        set([
          ...relays,
          ...missing.map((address) => ({
            address,
            host: "",
            receive: true,
            proxy: true,
            origin: "preset" as const,
            operator: preset.operator,
            enabled: true,
          })),
        ]);
      } else {
        const address = id.slice("relay ".length);
        const host = relays.find((relay) => relay.address === address)?.host ?? "";
        if (value === "remove")
          ui.set({ picker: confirm("removeRelay", address, `remove the relay ${sanitizeLine(host)}?`) });
        else
          set(
            relays.map((relay) =>
              relay.address === address ? { ...relay, enabled: value === "on" } : relay,
            ),
          );
      }
    },
  };
}
