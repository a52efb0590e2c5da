import { type Connect, connectThroughDoors } from "../../core/transport/doors.ts";
import { connectTls } from "../../core/transport/node/tls-client.ts";
import { connectWebSocket } from "../../core/transport/node/websocket-client.ts";
import { type Lookup, publicAddressOf } from "../proxy/public-address.ts";

const timeoutMs = 20_000;

/**
 * Reaches relays for a proxy, over TLS or WebSocket. Names are looked up here, once, and the address that was checked is
 * the one that is dialled: so no name can lead into the relay's own network.
 * @param allowPrivate for tests, and for relays that stand in one private network
 */
export function proxyConnect(nowMs: () => number, allowPrivate: boolean, find?: Lookup): Connect {
  return connectThroughDoors({
    doors: allowPrivate ? ["tls", "wss", "ws"] : ["tls", "wss"],
    proxy: false,
    async open({ door, host, port }, { keyHash }) {
      const address = await publicAddressOf(host, allowPrivate, find);
      if (door === "tls") return connectTls({ host, address, port, timeoutMs, keyHash, nowMs });
      return connectWebSocket({ host, address, port, timeoutMs, secure: door === "wss" });
    },
  });
}
