import type { Clock } from "../../clock/clock.ts";
import { TransportError } from "../errors.ts";
import { isLoopback } from "../loopback.ts";
import type { Transport } from "../transport.ts";
import { type WebSocketLike, WebSocketTransport } from "./websocket-transport.ts";

/** How to connect to the WebSocket door of a relay from a browser or Deno. */
export interface WebSocketOptions {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `wss://`; without it `ws://`, for loopback only. */
  readonly secure: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** The WebSocket of the platform. */
  readonly open: (url: string) => WebSocketLike;
}

/**
 * Connects to the WebSocket door of a relay with the platform's own WebSocket, which also asks the public
 * authorities that the platform trusts.
 * @throws TransportError `wrong-door` or `timeout`: a browser does not tell why it can't connect
 */
export function connectWebSocket(options: WebSocketOptions): Promise<Transport> {
  const { host, port, secure, timeoutMs, clock, open } = options;
  return new Promise((resolve, reject) => {
    if (!secure && !isLoopback(host)) {
      throw new TransportError(
        "wrong-door",
        "cannot use WebSocket door: without TLS it is for loopback only",
      );
    }
    const name = host.includes(":") ? `[${host}]` : host;
    const socket = open(`${secure ? "wss" : "ws"}://${name}:${port}/`);
    const cancel = clock.after(timeoutMs, () => {
      socket.close();
      reject(new TransportError("timeout", `cannot use WebSocket door: no answer in ${timeoutMs} ms`));
    });
    const failed = () => {
      cancel();
      reject(new TransportError("wrong-door", "cannot use WebSocket door: connection failed"));
    };
    socket.addEventListener("error", failed);
    socket.addEventListener("close", failed);
    socket.addEventListener("open", () => {
      cancel();
      resolve(new WebSocketTransport(socket, clock));
    });
  });
}
