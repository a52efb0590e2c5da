import type { RelayAddress, RelayAddressWithAuth } from "../../smp/address.ts";
import type { SmpClient } from "../../smp/client/client.ts";
import type { ServerEvent } from "../../smp/client/events.ts";
import type { ProxySession } from "../../smp/client/proxied.ts";
import type { ProfileId } from "../api.ts";

/** What a relay sends unasked, and what becomes of the connection to it. */
export interface NetworkEvents {
  /** A message for a queue, or the end of its subscription. */
  received(profile: ProfileId, relay: RelayAddress, event: ServerEvent): void;
  /** The session is lost, and all subscriptions in it. */
  disconnected(profile: ProfileId, relay: RelayAddress): void;
}

/**
 * The relays, as the agent uses them: a session for each profile and relay, made when first needed. No two
 * profiles share a session, nor a circuit of an anonymising network.
 */
export interface Network {
  /** Runs commands in the session with a relay. @throws RelayFault */
  withSession<T>(profile: ProfileId, relay: RelayAddress, run: (client: SmpClient) => Promise<T>): Promise<T>;
  /** Runs a command that a relay of ours carries to another one. @throws RelayFault */
  withProxy<T>(
    profile: ProfileId,
    proxy: RelayAddressWithAuth,
    destination: RelayAddress,
    run: (client: SmpClient, session: ProxySession) => Promise<T>,
  ): Promise<T>;
  /**
   * Ends these sessions at once, also those that are just being made, and tells of it. What was under way in them fails
   * as at a lost connection, but no other way is tried for it: by which way it may go is to be decided anew.
   */
  end(which: (profile: ProfileId, relay: RelayAddress) => boolean): void;
  /** Ends all sessions, without telling of it. */
  close(): void;
}

/** Makes the network with somebody to tell its events to. */
export type NetworkFactory = (events: NetworkEvents) => Network;
