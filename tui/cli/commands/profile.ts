import { ChatError, type Relay } from "../../../core/chat/api.ts";
import { sanitizeName } from "../../../core/chat/sanitize.ts";
import type { OpenProfile } from "../../open/open-profile.ts";
import type { Call, Command } from "../command.ts";

type NewRelay = Omit<Relay, "host">;
const inUse = { receive: true, enabled: true } as const;

const actions: Readonly<Record<string, (call: Call, args: readonly string[]) => Promise<void>>> = {
  async show({ io, open }) {
    const { chat } = await open();
    const profile = await chat.profile.get();
    io.result(profile, sanitizeName(profile?.displayName ?? ""));
  },
  async create(call, [name]) {
    if (name === undefined)
      throw new ChatError("badArgument", "A name is missing: sotto profile create <name>.");
    const { options, passphrases, io } = call;
    const wished = passphrases.givenNext();
    const asked = options.flag("passphrase")
      ? await passphrases.next("Passphrase of the profile")
      : undefined;
    const passphrase = asked ?? wished;
    const open = await call.openOrCreate();
    const { chat } = open;
    if ((await chat.profile.get()) !== null)
      throw new ChatError(
        "profileExists",
        `The profile "${call.folders.profile}" exists already. Nothing was changed.`,
      );
    const relays = await wishedRelays(call, open);
    if (relays.length > 0) await chat.relay.set({ relays });
    const profile = await chat.profile.create({ displayName: name });
    if (passphrase !== undefined && passphrase !== "") await chat.storage.setPassphrase({ passphrase });
    io.result(profile, sanitizeName(profile.displayName));
    if (relays.length === 0) io.note("It has no relay yet, so nobody can connect: sotto relays add ADDRESS.");
  },
};

/** Relays of a new profile, tested before anything is kept. */
async function wishedRelays(
  { options }: Call,
  { chat, localRelay }: OpenProfile,
): Promise<readonly NewRelay[]> {
  const own: NewRelay[] = [];
  for (const address of options.texts("relay")) {
    await chat.relay.test({ address });
    own.push({ ...inUse, address, proxy: true, origin: "own" });
  }
  const presets = options.flag("public-relays") ? await chat.relay.presets() : [];
  const publicRelays = presets.flatMap(({ operator, addresses }) =>
    addresses.map((address): NewRelay => ({ ...inUse, address, proxy: true, origin: "preset", operator })),
  );
  // It would carry messages from this machine, where they come from anyway.
  const local: readonly NewRelay[] = options.flag("local-relay")
    ? [{ ...inUse, address: await localRelay.start(), proxy: false, origin: "local" }]
    : [];
  return [...local, ...own, ...publicRelays];
}

export const profile: Command = {
  name: "profile",
  summary: "creates or shows your profile",
  usage: ["profile [show]", "profile create <name> [--local-relay] [--relay ADDRESS]... [--public-relays]"],
  options: {
    "local-relay": { help: "a relay on this machine, started when it is needed" },
    relay: {
      value: "ADDRESS",
      multiple: true,
      help: "a relay of your own, smp://...; may be given several times",
    },
    "public-relays": { help: "the public relays that other clients come with: see sotto relays presets" },
    passphrase: { help: "asks for a passphrase that protects the data on this machine" },
    "new-passphrase-fd": {
      value: "N",
      help: "file descriptor to read it from (or set SOTTO_NEW_PASSPHRASE)",
    },
  },
  arguments: [0, 2],
  async run(call) {
    const [action = "show", ...args] = call.args;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined)
      throw new ChatError(
        "badArgument",
        `profile can't "${action}": it can ${Object.keys(actions).join(", ")}.`,
      );
    await run(call, args);
  },
};
