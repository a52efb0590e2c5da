import type { RelayAddress } from "../../core/smp/address.ts";
import type { Command } from "../../core/smp/command.ts";
import type { BrokerMessage } from "../../core/smp/message.ts";

/**
 * The relay as a proxy: it reaches other relays for clients that don't want to be seen by them
 * ("Proxying sender commands").
 */
export interface ForwardingProxy {
  /**
   * Connects to a relay, or uses the connection there is: PKEY, or ERR.
   * @param client where the client is (`networkOf` its address), for its share of connections
   */
  open(relay: RelayAddress, client: string): Promise<BrokerMessage>;
  /** Forwards a client's command over the connection with this session id: PRES, or ERR. */
  forward(
    sessionId: Uint8Array,
    correlationId: Uint8Array,
    command: Extract<Command, { type: "PFWD" }>,
  ): Promise<BrokerMessage>;
  close(): void;
}
