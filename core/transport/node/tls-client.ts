import type { TLSSocket } from "node:tls";
import type { Credentials } from "../credentials.ts";
import { TransportError } from "../errors.ts";
import { checkIdentity } from "../identity.ts";
import type { Transport } from "../transport.ts";
import { type DialOptions, dial } from "./dial.ts";
import { tlsCredentials } from "./pem.ts";
import { startTls } from "./tls-handshake.ts";
import { smpAlpn, strictTls } from "./tls-parameters.ts";
import { peerChainOf, TlsTransport } from "./tls-transport.ts";

/** How to connect to the TLS door of a relay. */
export interface TlsClientOptions extends DialOptions {
  /** SHA-256 of the relay's identity certificate, 32 bytes. */
  readonly keyHash: Uint8Array;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** A service's certificate, shown when the relay asks for one. */
  readonly serviceCredentials?: Credentials | undefined;
}

/**
 * Connects to a relay over TLS 1.3 as the network does it: ALPN `smp/1`, no SNI, and the relay's chain checked
 * against the pinned fingerprint instead of public authorities.
 * @throws TransportError `network`, `timeout`, `wrong-door`, `identity` or `certificate`
 */
export async function connectTls(options: TlsClientOptions): Promise<Transport> {
  const startMs = performance.now();
  const tcp = await dial(options);
  const leftMs = Math.max(1, options.timeoutMs - (performance.now() - startMs));
  const socket = await startTls(
    tcp,
    {
      ...strictTls,
      ALPNProtocols: [smpAlpn],
      // The pin, checked below, takes the place of public authorities and host names.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(options.serviceCredentials === undefined ? {} : tlsCredentials(options.serviceCredentials)),
    },
    leftMs,
  );
  try {
    return checkedTransport(socket, options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function checkedTransport(socket: TLSSocket, options: TlsClientOptions): Transport {
  const { alpnProtocol } = socket;
  const peerChain = peerChainOf(socket);
  if (alpnProtocol !== smpAlpn) {
    throw new TransportError("wrong-door", "cannot use TLS door: peer did not agree on smp/1");
  }
  checkIdentity(peerChain, options.keyHash, options.nowMs());
  const sessionId = socket.getFinished();
  if (sessionId === undefined)
    throw new TransportError("session-id", "cannot use TLS door: session has no id");
  return new TlsTransport(socket, {
    sessionId: new Uint8Array(sessionId),
    alpn: alpnProtocol,
    peerChain,
    ownCertificateSent: options.serviceCredentials !== undefined,
  });
}
