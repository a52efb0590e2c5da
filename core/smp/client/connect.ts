import type { Connect } from "../../transport/doors.ts";
import type { Transport } from "../../transport/transport.ts";
import type { RelayAddress } from "../address.ts";
import type { KeyHash } from "../ids.ts";
import { SmpClient } from "./client.ts";
import { shakeHands } from "./handshake.ts";
import { type ClientOptions, defaultTimeouts } from "./options.ts";

/**
 * Connects to a relay and agrees with it on a session.
 * @param isolation see `Connect`
 * @throws TransportError
 */
export async function connectClient(
  connect: Connect,
  relay: RelayAddress,
  options: ClientOptions,
  isolation?: string,
): Promise<SmpClient> {
  return startClient(await connect(relay, isolation), relay.keyHash, options);
}

/** Agrees on a session over a connection that is there. @throws TransportError */
export async function startClient(
  transport: Transport,
  keyHash: KeyHash,
  options: ClientOptions,
): Promise<SmpClient> {
  const { handshakeMs } = options.timeouts ?? defaultTimeouts;
  const session = await shakeHands(transport, { ...options, keyHash, timeoutMs: handshakeMs });
  return new SmpClient(transport, session, options);
}
