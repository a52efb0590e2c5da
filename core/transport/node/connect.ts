import type { Credentials } from "../credentials.ts";
import { type Connect, connectThroughDoors } from "../doors.ts";
import type { SocksProxy } from "./dial.ts";
import { connectTls } from "./tls-client.ts";
import { connectWebSocket } from "./websocket-client.ts";

/** How connections to relays are made on Node. */
export interface NodeConnectOptions {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** Milliseconds that one attempt may take; 25,000 unless said otherwise. */
  readonly timeoutMs?: number;
  /** A SOCKS5 proxy through which all connections go. */
  readonly proxy?: SocksProxy;
  /** A service's certificate, shown when a relay asks for one. */
  readonly serviceCredentials?: Credentials;
}

const timeoutMsDefault = 25_000;
/** An attempt gets no more than this while another port or host is still to be tried; Tor takes its time. */
const alternativeTimeoutMs = 8_000;

/**
 * Connects to relays through any of their doors. Through a proxy, `isolation` is the user name and password, which
 * Tor keeps on circuits of their own.
 */
export function nodeConnect(options: NodeConnectOptions): Connect {
  const { nowMs, timeoutMs = timeoutMsDefault, proxy, serviceCredentials } = options;
  return connectThroughDoors({
    doors: ["tls", "wss", "ws"],
    proxy: proxy !== undefined,
    open({ door, host, port }, { keyHash }, isolation, hasAlternative, signal) {
      const credentials = isolation === undefined ? undefined : { userName: isolation, password: isolation };
      const isShort = hasAlternative && proxy === undefined;
      const attemptMs = isShort ? Math.min(timeoutMs, alternativeTimeoutMs) : timeoutMs;
      const dial = { host, port, timeoutMs: attemptMs, proxy, credentials, signal };
      if (door === "tls") return connectTls({ ...dial, keyHash, nowMs, serviceCredentials });
      return connectWebSocket({ ...dial, secure: door === "wss" });
    },
  });
}
