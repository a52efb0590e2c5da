import { isIP, type Socket } from "node:net";
import { WebSocket } from "ws";
import { TransportError } from "../errors.ts";
import { isLoopback } from "../loopback.ts";
import { blockLength, type Transport } from "../transport.ts";
import { type DialOptions, dial } from "./dial.ts";
import { startTls } from "./tls-handshake.ts";
import { NodeWebSocketTransport } from "./websocket-transport.ts";

/** How to connect to the WebSocket door of a relay. */
export interface WebSocketClientOptions extends DialOptions {
  /** `wss://`; without it `ws://`, for loopback only. */
  readonly secure: boolean;
}

/**
 * Connects to a relay as a browser would: SNI, the web's algorithms, upgrade to WebSocket at `/`. Public
 * authorities are not asked: TLS may end at a platform's edge and is not trusted; who the relay is, and that
 * nobody in between reads along, the SMP handshake makes sure of.
 * @throws TransportError `network`, `timeout`, or `wrong-door` when there is no WebSocket
 */
export async function connectWebSocket(options: WebSocketClientOptions): Promise<Transport> {
  const { host, port, secure, timeoutMs } = options;
  if (!secure && !isLoopback(host)) {
    throw new TransportError("wrong-door", "cannot use WebSocket door: without TLS it is for loopback only");
  }
  const startMs = performance.now();
  const leftMs = () => Math.max(1, timeoutMs - (performance.now() - startMs));
  const tcp = await dial(options);
  const socket = secure ? await startTls(tcp, asBrowser(host), leftMs()) : tcp;
  return upgrade(`${secure ? "wss" : "ws"}://${bracketed(host)}:${port}/`, socket, leftMs());
}

function asBrowser(host: string): { servername: string; rejectUnauthorized: false; ALPNProtocols: string[] } {
  // An IP address is never sent as a server name.
  return { servername: isIP(host) === 0 ? host : "", rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function upgrade(url: string, connection: Socket, timeoutMs: number): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      createConnection: () => connection,
      perMessageDeflate: false,
      maxPayload: blockLength,
      handshakeTimeout: Math.ceil(timeoutMs),
      followRedirects: false,
    });
    const onError = (error: Error) => {
      connection.destroy();
      const code = /timed out/.test(error.message) ? "timeout" : "wrong-door";
      reject(new TransportError(code, `cannot use WebSocket door: ${error.message}`, { cause: error }));
    };
    socket.once("error", onError);
    socket.once("open", () => {
      socket.off("error", onError);
      resolve(new NodeWebSocketTransport(socket));
    });
  });
}
