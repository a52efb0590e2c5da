import { type Connect, connectThroughDoors } from "../../core/transport/doors.ts";
import { connectWebSocket } from "../../core/transport/node/websocket-client.ts";
import { publicAddressOf } from "../proxy/public-address.ts";

const timeoutMs = 20_000;

/**
 * Reaches relays for a proxy on Deno, whose TLS has no session id: over WebSocket, as a browser would, so
 * only relays with that door. @param allowPrivate as for Node
 */
export function proxyConnect(allowPrivate: boolean): Connect {
  return connectThroughDoors({
    doors: allowPrivate ? ["wss", "ws"] : ["wss"],
    proxy: false,
    async open({ door, host, port }) {
      const address = await publicAddressOf(host, allowPrivate);
      return connectWebSocket({ host, address, port, timeoutMs, secure: door === "wss" });
    },
  });
}
