import type { AgentEvent } from "../agent/api.ts";
import { AgentError } from "../agent/errors.ts";
import type { Transaction } from "../store/store.ts";
import type { Chat } from "./api.ts";
import { handleAgentEvent } from "./engine/agent-events.ts";
import { Changes } from "./engine/changes.ts";
import { addressApi, connectionApi, invitationApi, Joiners, requestApi } from "./engine/connections-api.ts";
import { contactApi, profileApi } from "./engine/contacts-api.ts";
import type { Context } from "./engine/context.ts";
import { Lifetimes } from "./engine/lifetimes.ts";
import { conversationApi, draftApi, messageApi } from "./engine/messages-api.ts";
import { agentRelays, networkApi, relayApi, storageApi } from "./engine/network-api.ts";
import type { ChatOptions } from "./engine/options.ts";
import { RelayStates } from "./engine/relay-states.ts";
import { Unsent } from "./engine/unsent.ts";
import { getConversation, getMessage, viewContact } from "./engine/views.ts";
import { migrateChat } from "./store/migrations.ts";
import { connections, contacts, getSettings } from "./store/tables.ts";

export type { ChatOptions, NetworkControl, StorageControl } from "./engine/options.ts";

/**
 * Opens the chat of a store: starts the agent, takes up what was left undone, and from then on turns what comes
 * from contacts into conversations. Messages and the state of their connection are committed in one transaction.
 */
export function openChat({ agent, store, clock, random, zstd, storage, network }: ChatOptions): Chat {
  migrateChat(store);
  const changes = new Changes({
    message: (id) => store.transaction((tx) => getMessage(tx, id)),
    contact: (id) =>
      store.transaction((tx) => {
        const contact = contacts.get(tx, id);
        return contact === undefined ? undefined : viewContact(contact);
      }),
    conversation: (id) => store.transaction((tx) => getConversation(tx, id)),
  });
  const unsent = new Unsent(agent);
  const context: Context = {
    store,
    agent,
    clock,
    random,
    zstd,
    changes,
    unsent,
    checkLifetimes: () => soon(),
  };
  const lifetimes = new Lifetimes(context);
  const relays = new RelayStates(changes);
  const joiners = new Joiners();
  let open = true;
  const soon = (): void => queueMicrotask(() => open && lifetimes.check());

  const settings = store.transaction(getSettings);
  network.apply(settings.network);
  relays.expect(agentRelays(settings).map(({ address }) => address));
  deleteOrphans(context);
  agent.start((event, tx) => {
    handleAgentEvent(context, relays, event, tx);
    noteJoining(joiners, event);
  });
  lifetimes.check();

  return {
    profile: profileApi(context),
    contact: contactApi(context),
    conversation: conversationApi(context),
    message: messageApi(context),
    draft: draftApi(context),
    invitation: invitationApi(context),
    connection: connectionApi(context, joiners),
    address: addressApi(context),
    request: requestApi(context),
    relay: relayApi(context, network, relays),
    network: networkApi(context, network),
    storage: storageApi(context, storage),
    unsent: () => unsent.count(),
    subscribe: (listener) => changes.subscribe(listener),
    async close() {
      if (!open) return;
      open = false;
      lifetimes.stop();
      await agent.stop();
      storage.close();
    },
  };
}

function noteJoining(joiners: Joiners, event: AgentEvent): void {
  if (event.type === "joined") joiners.settle(event.connection, undefined);
  else if (event.type === "error")
    joiners.settle(event.connection, new AgentError(event.fault.code, event.fault.detail));
}

/** Connections that a crash left without what they were made for: their links were shown to nobody. */
function deleteOrphans({ agent, store }: Context): void {
  const known = (tx: Transaction, connection: string): boolean =>
    connections.get(tx, connection) !== undefined;
  for (const profile of agent.profiles()) {
    for (const connection of agent.connections(profile)) {
      store.transaction((tx) => {
        if (!known(tx, connection)) agent.delete(connection, {}, tx);
      });
    }
  }
}
