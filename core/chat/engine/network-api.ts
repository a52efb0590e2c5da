import type { RelaySetting, RoutingSetting } from "../../agent/api.ts";
import { DecodeError } from "../../bytes/index.ts";
import { parseRelayAddressWithAuth } from "../../smp/address.ts";
import {
  ChatError,
  type NetworkApi,
  type NetworkSettings,
  type Relay,
  type RelayApi,
  type StorageApi,
} from "../api.ts";
import type { SettingsRecord } from "../store/records.ts";
import { contacts, getSettings, messageContacts, putSettings } from "../store/tables.ts";
import { type Context, change } from "./context.ts";
import { asChat } from "./errors.ts";
import type { NetworkControl, StorageControl } from "./options.ts";
import { relayHost } from "./relay-host.ts";
import { relayPresets } from "./relay-presets.ts";
import type { RelayStates } from "./relay-states.ts";

/** Relays as the agent takes them. */
export function agentRelays({ relays }: SettingsRecord): readonly RelaySetting[] {
  return relays
    .filter(({ enabled }) => enabled)
    .map(({ address, receive, proxy }) => ({ address, receive, proxy }));
}

/** Routing as the agent takes it. Through a proxy such as Tor, our address is hidden from every relay already. */
export function agentRouting({
  privateRouting,
  privateRoutingFallback,
  socksProxy,
}: NetworkSettings): RoutingSetting {
  const hidden = socksProxy !== null;
  const routing = hidden && privateRouting === "unprotected" ? "never" : privateRouting;
  const fallback = hidden && privateRoutingFallback === "allowProtected" ? "allow" : privateRoutingFallback;
  return { routing: routing === "unknown" ? "unknownRelays" : routing, fallback };
}

export function relayApi(context: Context, control: NetworkControl, states: RelayStates): RelayApi {
  const { agent, store, changes } = context;
  return {
    list: () => asChat(() => store.transaction(getSettings).relays),
    set: ({ relays }) =>
      asChat(() => {
        const complete: readonly Relay[] = relays.map((relay) => {
          checkAddress(relay.address);
          return { ...relay, host: relayHost(relay.address) };
        });
        const settings = change(context, (tx) => {
          const after = { ...getSettings(tx), relays: complete };
          putSettings(tx, after);
          changes.other({ type: "relays.updated", relays: complete });
          return after;
        });
        if (settings.agentProfile !== undefined)
          agent.setRelays(settings.agentProfile, agentRelays(settings));
        states.expect(agentRelays(settings).map(({ address }) => address));
        return complete;
      }),
    presets: () => Promise.resolve(relayPresets),
    status: () => Promise.resolve(states.list()),
    test: ({ address }) =>
      asChat(() => {
        checkAddress(address);
        return control.probe(address);
      }),
    reconnect: () => asChat(() => control.reconnect()),
  };
}

export function networkApi(context: Context, control: NetworkControl): NetworkApi {
  return {
    get: () => asChat(() => context.store.transaction(getSettings).network),
    set: (fields) =>
      asChat(() => {
        const { socksProxy } = fields;
        if (typeof socksProxy === "string" && !/^(?:\[[\da-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(socksProxy)) {
          throw new ChatError("badArgument", "The proxy is not of the form host:port.");
        }
        const settings = change(context, (tx) => {
          const before = getSettings(tx);
          const after = { ...before, network: { ...before.network, ...fields } };
          putSettings(tx, after);
          return after;
        });
        if (settings.agentProfile !== undefined) {
          context.agent.setRouting(settings.agentProfile, agentRouting(settings.network));
        }
        control.apply(settings.network);
        return settings.network;
      }),
  };
}

export function storageApi(context: Context, control: StorageControl): StorageApi {
  return {
    info: () =>
      asChat(() =>
        context.store.transaction((tx) => ({
          sizeBytes: control.sizeBytes(),
          messages: messageContacts.count(tx),
          contacts: contacts.count(tx),
          passphrase: control.hasPassphrase(),
        })),
      ),
    setPassphrase: ({ current = "", passphrase }) =>
      asChat(() => {
        if (control.hasPassphrase() && !control.isPassphrase(current)) {
          throw new ChatError("wrongPassphrase", "The current passphrase is not right. Nothing was changed.");
        }
        control.setPassphrase(passphrase === "" ? undefined : passphrase);
      }),
    backup: ({ path, passphrase }) =>
      asChat(() => {
        if (passphrase === "") throw new ChatError("badArgument", "A backup needs a passphrase.");
        return { sizeBytes: control.backup(path, passphrase) };
      }),
  };
}

function checkAddress(address: string): void {
  try {
    parseRelayAddressWithAuth(address, "smp");
  } catch (error) {
    const reason = error instanceof DecodeError ? `: ${error.reason}` : "";
    throw new ChatError(
      "badArgument",
      `${address} is not the address of a relay${reason}. One looks like smp://fingerprint@host.`,
    );
  }
}
