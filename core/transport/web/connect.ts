import type { Clock } from "../../clock/clock.ts";
import { type Connect, connectThroughDoors } from "../doors.ts";
import { connectWebSocket } from "./websocket-client.ts";
import type { WebSocketLike } from "./websocket-transport.ts";

/** How connections to relays are made in a browser, or in Deno without its Node parts. */
export interface WebConnectOptions {
  readonly clock: Clock;
  /** Milliseconds that one attempt may take; 25,000 unless said otherwise. */
  readonly timeoutMs?: number;
  /** The WebSocket of the platform: `(url) => new WebSocket(url)`. */
  readonly open: (url: string) => WebSocketLike;
}

const timeoutMsDefault = 25_000;

/** Connects to relays through their WebSocket door, the only one that the web platform can open. */
export function webConnect({ clock, timeoutMs = timeoutMsDefault, open }: WebConnectOptions): Connect {
  return connectThroughDoors({
    doors: ["wss", "ws"],
    proxy: false,
    open: ({ door, host, port }) =>
      connectWebSocket({ host, port, secure: door === "wss", timeoutMs, clock, open }),
  });
}
