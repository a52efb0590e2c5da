import process from "node:process";
import { type Connect, connectThroughDoors } from "../../core/transport/doors.ts";
import { publicAddressOf } from "../proxy/public-address.ts";

const timeoutMs = 20_000;

/**
 * Reaches relays for a proxy on Deno, whose TLS has no session id: over WebSocket, as a browser would, so
 * only relays with that door. @param allowPrivate as for Node
 */
export function proxyConnect(allowPrivate: boolean): Connect {
  // The package is not to ask for the right to call native code, with which it would be faster.
  process.env["WS_NO_BUFFER_UTIL"] = "1";
  return connectThroughDoors({
    doors: allowPrivate ? ["wss", "ws"] : ["wss"],
    proxy: false,
    async open({ door, host, port }) {
      // Loaded when first needed: a relay that is no proxy needs none of its permissions.
      const { connectWebSocket } = await import("../../core/transport/node/websocket-client.ts");
      const address = await publicAddressOf(host, allowPrivate);
      return connectWebSocket({ host, address, port, timeoutMs, secure: door === "wss" });
    },
  });
}
