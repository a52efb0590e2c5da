import type { Credentials } from "../../core/transport/credentials.ts";
import { listenTls, type TlsListener } from "../../core/transport/node/tls-server.ts";
import { Gate } from "../doors/gate.ts";
import type { RelayIdentity } from "../identity/identity.ts";
import type { Relay } from "../relay.ts";

/** Where a door listens. */
export interface DoorAddress {
  /** Address to listen on; all when undefined. */
  readonly host: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
}

/** What the TLS door of a relay shows. */
export function tlsCredentialsOf({ certificateChain, privateKey }: RelayIdentity): Credentials {
  return { certificateChain, privateKey };
}

/**
 * Opens the door of the network: SMP over TLS ("TLS transport encryption"), in Node, whose TLS gives the
 * session id. @throws Error when the port cannot be listened on
 */
export function openTlsDoor(relay: Relay, { host, port }: DoorAddress): Promise<TlsListener> {
  const gate = new Gate(relay.room, relay.limits.connectionsPerAddressMax);
  return listenTls({
    credentials: tlsCredentialsOf(relay.identity),
    ...(host === undefined ? {} : { host }),
    port,
    askClientCertificate: true,
    handshakeTimeoutMs: relay.limits.handshakeTimeoutSeconds * 1000,
    admit: (remoteAddress) => gate.enter(remoteAddress),
    onConnection: ({ transport, remoteAddress }) => void relay.accept(transport, remoteAddress),
  });
}
