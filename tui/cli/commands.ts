import type { Command, RawCommand } from "./command.ts";

/** Names of all commands with where they are, so that a start loads only the one that it runs. */
const loaders: Readonly<Record<string, () => Promise<Command | RawCommand>>> = {
  profile: async () => (await import("./commands/profile.ts")).profile,
  relays: async () => (await import("./commands/relays.ts")).relays,
  invite: async () => (await import("./commands/invite.ts")).invite,
  connect: async () => (await import("./commands/connect.ts")).connect,
  contacts: async () => (await import("./commands/contacts.ts")).contacts,
  send: async () => (await import("./commands/send.ts")).send,
  messages: async () => (await import("./commands/messages.ts")).messages,
  address: async () => (await import("./commands/address.ts")).address,
  backup: async () => (await import("./commands/storage.ts")).backup,
  restore: async () => (await import("./commands/storage.ts")).restore,
  passphrase: async () => (await import("./commands/storage.ts")).passphrase,
  rpc: async () => (await import("./commands/rpc.ts")).rpc,
  relay: async () => (await import("./commands/relay.ts")).relay,
};

/** The command of a name; the terminal client without one. Undefined when there is none of this name. */
export async function findCommand(name: string | undefined): Promise<Command | RawCommand | undefined> {
  if (name === undefined) return (await import("./commands/client.ts")).client;
  return Object.hasOwn(loaders, name) ? loaders[name]?.() : undefined;
}

export function allCommands(): Promise<readonly (Command | RawCommand)[]> {
  return Promise.all(Object.values(loaders).map((load) => load()));
}
