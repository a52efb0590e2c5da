import type { Connect } from "../../transport/doors.ts";
import { givenUp } from "../../transport/errors.ts";
import type { Transport } from "../../transport/transport.ts";
import type { RelayAddress } from "../address.ts";
import type { KeyHash } from "../ids.ts";
import { SmpClient } from "./client.ts";
import { shakeHands } from "./handshake.ts";
import { type ClientOptions, defaultTimeouts } from "./options.ts";

/**
 * Connects to a relay and agrees with it on a session.
 * @param isolation see `Connect`
 * @param signal ends the connection at once, in whatever state it is: also long after this has returned
 * @throws TransportError
 */
export async function connectClient(
  connect: Connect,
  relay: RelayAddress,
  options: ClientOptions,
  isolation?: string,
  signal?: AbortSignal,
): Promise<SmpClient> {
  const connecting = connect(relay, isolation, signal);
  const transport = signal === undefined ? await connecting : await boundTo(signal, connecting);
  return startClient(transport, relay.keyHash, options);
}

/** The connection, which ends with the signal: nobody waits for it any longer, and if it comes later it is closed. */
function boundTo(signal: AbortSignal, connecting: Promise<Transport>): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(givenUp());
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    connecting.then((transport) => {
      if (signal.aborted) transport.close();
      else signal.addEventListener("abort", () => transport.close(), { once: true });
      resolve(transport);
    }, reject);
  });
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
