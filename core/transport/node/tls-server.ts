import { constants } from "node:crypto";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import {
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type TLSSocket,
  type TlsOptions,
} from "node:tls";
import type { Credentials } from "../credentials.ts";
import type { Transport } from "../transport.ts";
import { listenOn } from "./listen.ts";
import { tlsCredentials } from "./pem.ts";
import { smpAlpn, strictTls } from "./tls-parameters.ts";
import { peerChainOf, TlsTransport } from "./tls-transport.ts";

/** A connection that another machine made. */
export interface Incoming {
  readonly transport: Transport;
  /** IP address of the peer: for rate limits only, never logged. */
  readonly remoteAddress: string;
}

/** How a relay listens on its TLS door. */
export interface TlsListenOptions {
  /** Chain of the relay, leaf first, then its identity certificate. */
  readonly credentials: Credentials;
  /** Address to listen on; all when absent. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether clients are asked for a service certificate. */
  readonly askClientCertificate?: boolean;
  /** Milliseconds that a client may take for its first bytes, and for the TLS handshake after them; 60,000 unless said otherwise. */
  readonly handshakeTimeoutMs?: number;
  /** Says whether a TCP connection of this address may start TLS; a function is called when it has ended. */
  readonly admit?: (remoteAddress: string) => boolean | (() => void);
  /** A client has done the TLS handshake, with `smp/1` or without ALPN. */
  readonly onConnection: (incoming: Incoming) => void;
  /**
   * Takes the sockets of clients that agreed on `http/1.1`, for the WebSocket door and the page on the same port.
   * With it, browsers' cipher suites and groups are allowed too.
   */
  readonly onHttp?: (socket: TLSSocket) => void;
  /** Certificates that browsers trust, for clients that name a host (SNI). */
  readonly web?: Credentials;
}

/** A listening TLS door. */
export interface TlsListener {
  readonly port: number;
  /** Uses another certificate for connections from now on. */
  setCredentials(credentials: Credentials): void;
  /** Stops listening; connections that are open stay so. */
  close(): Promise<void>;
}

const handshakeTimeoutMs = 60_000;
const httpAlpn = "http/1.1";

/** Cipher suites and groups of browsers, our own first. */
const webTls: SecureContextOptions = {
  ...strictTls,
  ciphers: "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
  ecdhCurve: "X448:X25519:P-256:P-384",
};

/**
 * Listens for SMP over TLS as the network does it. The session id of a connection is the client's Finished message.
 * Specification: "TLS transport encryption".
 * @throws Error when the port can't be listened on, or the certificate does not load
 */
export async function listenTls(options: TlsListenOptions): Promise<TlsListener> {
  const { onHttp, web } = options;
  // Without signature algorithms of our own choice, a web certificate of any kind can be used.
  const { sigalgs, ...anySignature } = webTls;
  const parameters: SecureContextOptions = {
    ...(onHttp === undefined ? strictTls : web === undefined ? { ...webTls, sigalgs } : anySignature),
    // Nobody resumes a session, by which connections could be told to be of one client; tickets would only be kept.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  const server = createServer({
    ...parameters,
    ...tlsCredentials(options.credentials),
    requestCert: options.askClientCertificate ?? false,
    rejectUnauthorized: false,
    ALPNProtocols: onHttp === undefined ? [smpAlpn] : [smpAlpn, httpAlpn],
    handshakeTimeout: options.handshakeTimeoutMs ?? handshakeTimeoutMs,
    ...(web === undefined ? {} : { SNICallback: contextOf({ ...parameters, ...tlsCredentials(web) }) }),
  });
  // A handshake that fails is the client's affair. One that takes too long is only told of: its socket is ours to end.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.on("secureConnection", (socket) => {
    if (socket.alpnProtocol === httpAlpn) return onHttp?.(socket);
    accept(socket, options);
  });
  const tcp = listenTcp(options, (socket) => server.emit("connection", socket));
  return {
    port: await listenOn(tcp, options.port, options.host),
    setCredentials: (credentials) =>
      server.setSecureContext({ ...parameters, ...tlsCredentials(credentials) }),
    close: () => new Promise((closed) => tcp.close(() => closed())),
  };
}

/**
 * Hands on each connection with its first bytes. Beginning TLS with bytes that are there already makes Node keep a
 * buffer of 17 KB for what comes in; otherwise it is 64 KB a connection. And who says nothing costs no TLS.
 */
function listenTcp(
  { admit, handshakeTimeoutMs: timeoutMs = handshakeTimeoutMs }: TlsListenOptions,
  begin: (socket: Socket) => void,
): Server {
  return createTcpServer({ noDelay: true, keepAlive: true }, (socket) => {
    const admitted = admit?.(socket.remoteAddress ?? "") ?? true;
    if (admitted === false) return socket.destroy();
    if (admitted !== true) socket.once("close", admitted);
    const drop = (): unknown => socket.destroy();
    socket.on("error", drop);
    socket.setTimeout(timeoutMs, drop);
    socket.once("readable", () => {
      socket.setTimeout(0, drop);
      if (socket.readableLength === 0) return drop();
      begin(socket);
    });
  });
}

function contextOf(options: SecureContextOptions): NonNullable<TlsOptions["SNICallback"]> {
  const context = createSecureContext(options);
  return (_host, done) => done(null, context);
}

function accept(socket: TLSSocket, { onConnection }: TlsListenOptions): void {
  const sessionId = socket.getPeerFinished();
  if (sessionId === undefined) {
    socket.destroy();
    return;
  }
  const transport = new TlsTransport(socket, {
    sessionId: new Uint8Array(sessionId),
    alpn: socket.alpnProtocol === smpAlpn ? smpAlpn : undefined,
    peerChain: peerChainOf(socket),
    ownCertificateSent: true,
  });
  onConnection({ transport, remoteAddress: socket.remoteAddress ?? "" });
}
