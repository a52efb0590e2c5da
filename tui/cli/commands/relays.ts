import { ChatError, type Relay } from "../../../core/chat/api.ts";
import type { Call, Command } from "../command.ts";

const actions: Readonly<Record<string, (call: Call, address: string | undefined) => Promise<void>>> = {
  async list({ io, open }) {
    const { chat } = await open();
    const relays = await chat.relay.list();
    io.result(
      relays,
      relays.map(({ address, enabled }) => (enabled ? address : `${address}  (off)`)).join("\n"),
    );
  },
  async presets({ io, open }) {
    const { chat } = await open();
    const presets = await chat.relay.presets();
    io.result(
      presets,
      presets
        .map(({ operator, conditionsUrl, addresses }) =>
          [`${operator}, conditions: ${conditionsUrl}`, ...addresses].join("\n  "),
        )
        .join("\n"),
    );
  },
  async test({ io, open }, address) {
    const { chat, relayReady } = await open();
    await relayReady();
    const tested = await chat.relay.test({ address: needed(address) });
    io.result(tested, `answers in ${tested.tookMs} ms, SMP version ${tested.version}`);
  },
  async add({ io, open }, given) {
    const address = needed(given);
    const { chat, localRelay } = await open();
    const relays = await chat.relay.list();
    const added: Omit<Relay, "host"> =
      address === "local"
        ? { address: await localRelay.start(), receive: true, proxy: false, enabled: true, origin: "local" }
        : { address, receive: true, proxy: true, enabled: true, origin: "own" };
    if (added.origin === "own") await chat.relay.test({ address });
    const others = relays.filter((relay) => relay.address !== added.address);
    io.result(await chat.relay.set({ relays: [...others, added] }), "");
  },
  async remove({ io, open }, given) {
    const address = needed(given);
    const { chat } = await open();
    const relays = await chat.relay.list();
    const left = relays.filter((relay) => relay.address !== address && relay.host !== address);
    if (left.length === relays.length)
      throw new ChatError("notFound", `There is no relay ${address}; sotto relays lists them.`);
    io.result(await chat.relay.set({ relays: left }), "");
  },
};

export const relays: Command = {
  name: "relays",
  summary: "the relays that you receive through",
  usage: [
    "relays [list]",
    "relays add <address | local>",
    "relays remove <address | host>",
    "relays test <address>",
    "relays presets",
  ],
  options: {},
  arguments: [0, 2],
  async run(call) {
    const [action = "list", address] = call.args;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined)
      throw new ChatError(
        "badArgument",
        `relays can't "${action}": it can ${Object.keys(actions).join(", ")}.`,
      );
    await run(call, address);
  },
};

function needed(address: string | undefined): string {
  if (address === undefined) throw new ChatError("badArgument", "The address of a relay is missing.");
  return address;
}
