import type { Random } from "../../crypto/random.ts";
import type { RelayAddress, RelayAddressWithAuth } from "../../smp/address.ts";
import type { SmpClient } from "../../smp/client/client.ts";
import type { ProxySession } from "../../smp/client/proxied.ts";
import { isLoopback } from "../../transport/loopback.ts";
import type { ProfileId } from "../api.ts";
import type { ProfileRecord } from "../state/records.ts";
import { isKnownRelay, pick, relaysFor } from "./choose-relay.ts";
import type { Network } from "./network.ts";
import { RelayFault } from "./relay-fault.ts";

/** Whether the way to a relay hides our address as it is: an onion service, or one that never leaves this machine. */
function isProtected({ hosts }: RelayAddress): boolean {
  return hosts.every(({ form, name }) => form === "onion" || isLoopback(name));
}

function wantsProxy(profile: ProfileRecord, destination: RelayAddress): boolean {
  switch (profile.routing) {
    case "always":
      return true;
    case "unknownRelays":
      return !isKnownRelay(destination, profile.relays);
    case "unprotected":
      return !isProtected(destination) && !isKnownRelay(destination, profile.relays);
    case "never":
      return false;
  }
}

function mayGoDirectly({ fallback }: ProfileRecord, destination: RelayAddress): boolean {
  return fallback === "allow" || (fallback === "allowProtected" && isProtected(destination));
}

/** A relay of ours to carry something to the destination, which is not the destination itself where possible. */
export function chooseProxy(
  profile: ProfileRecord,
  destination: RelayAddress,
  random: Random,
): RelayAddressWithAuth | undefined {
  const all = relaysFor("proxy", profile.relays);
  const others = all.filter(
    ({ relay }) => !relay.hosts.some(({ name }) => destination.hosts.some((host) => host.name === name)),
  );
  const from = others.length > 0 ? others : all;
  return from.length === 0 ? undefined : pick(from, random);
}

/** A sender's command, in both ways it can go. */
export interface RoutedCommand<T> {
  directly(client: SmpClient): Promise<T>;
  throughProxy(client: SmpClient, session: ProxySession): Promise<T>;
}

/** An answer, and whether it came through a relay of ours. */
export interface Routed<T> {
  readonly answer: T;
  readonly proxied: boolean;
}

/** Who sends, and by which settings. */
export interface RouteContext {
  readonly network: Network;
  readonly random: Random;
  readonly profile: ProfileId;
  readonly settings: ProfileRecord;
}

/**
 * Sends a command to a relay as the profile's setting says: through one of our relays, or directly; directly
 * instead of through a proxy only when the proxy or the way on from it does not work, and the setting allows it.
 * @throws RelayFault as the network does; `PROXY` when there is no proxy and going directly is not allowed
 */
export async function sendRouted<T>(
  { network, random, profile, settings }: RouteContext,
  destination: RelayAddress,
  command: RoutedCommand<T>,
): Promise<Routed<T>> {
  const directly = async () => ({
    answer: await network.withSession(profile, destination, (client) => command.directly(client)),
    proxied: false,
  });
  if (!wantsProxy(settings, destination)) return directly();
  const proxy = chooseProxy(settings, destination, random);
  if (proxy === undefined) {
    if (mayGoDirectly(settings, destination)) return directly();
    throw new RelayFault("PROXY", "no relay may carry the message", { temporary: true, host: false });
  }
  try {
    const run = (client: SmpClient, session: ProxySession) => command.throughProxy(client, session);
    return { answer: await network.withProxy(profile, proxy, destination, run), proxied: true };
  } catch (error) {
    if (error instanceof RelayFault && error.host && mayGoDirectly(settings, destination)) return directly();
    throw error;
  }
}
