import { type Address, ChatError } from "../../../core/chat/api.ts";
import { type Call, type Command, finish, openConnected } from "../command.ts";
import { linkOf } from "../format.ts";

const actions: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  async show(call) {
    const { chat } = await call.open();
    const address = await chat.address.get();
    if (address === null)
      throw new ChatError("notFound", "There is no address yet: sotto address create makes one.");
    print(call, address);
  },
  async create(call) {
    const chat = await openConnected(call);
    const address = await chat.address.create();
    const changes = changesOf(call);
    print(call, Object.keys(changes).length === 0 ? address : await chat.address.update(changes));
  },
  async set(call) {
    const changes = changesOf(call);
    if (Object.keys(changes).length === 0)
      throw new ChatError("badArgument", "Give --auto-accept, --by-hand or --welcome.");
    const chat = await openConnected(call);
    print(call, await chat.address.update(changes));
  },
  async delete(call) {
    const chat = await openConnected(call);
    await chat.address.delete();
    await finish(call);
    call.io.result({}, "");
    call.io.note("The address is deleted. Contacts stay.");
  },
};

export const address: Command = {
  name: "address",
  summary: "your long-term address, which anybody can ask to connect by",
  usage: [
    "address [show]",
    "address create",
    "address set [--auto-accept | --by-hand] [--welcome TEXT]",
    "address delete",
  ],
  options: {
    "auto-accept": { help: "accepts all requests" },
    "by-hand": { help: "lets requests wait: sotto contacts requests" },
    incognito: { help: "with --auto-accept: shows them random names" },
    welcome: { value: "TEXT", help: 'sent to each new contact; "" for none' },
    long: { help: "prints the long link" },
  },
  arguments: [0, 1],
  async run(call) {
    const [action = "show"] = call.args;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined)
      throw new ChatError(
        "badArgument",
        `address can't "${action}": it can ${Object.keys(actions).join(", ")}.`,
      );
    await run(call);
  },
};

function changesOf({ options }: Call) {
  const welcomeText = options.text("welcome");
  return {
    ...(options.flag("auto-accept") ? { autoAccept: { incognito: options.flag("incognito") } } : {}),
    ...(options.flag("by-hand") ? { autoAccept: null } : {}),
    ...(welcomeText === undefined ? {} : { welcomeText }),
  };
}

function print({ io, options }: Call, made: Address): void {
  io.result(made, options.flag("long") ? made.fullLink : linkOf(made));
}
