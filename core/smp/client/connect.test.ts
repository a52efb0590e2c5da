import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { systemClock } from "../../clock/system.ts";
import { systemRandom } from "../../crypto/random.ts";
import { nodeConnect } from "../../transport/node/connect.ts";
import { listenTls } from "../../transport/node/tls-server.ts";
import { NodeWebSocketTransport } from "../../transport/node/websocket-transport.ts";
import { testIdentity } from "../../transport/testing.ts";
import type { Transport } from "../../transport/transport.ts";
import type { RelayAddress } from "../address.ts";
import type { SmpClient } from "./client.ts";
import { connectClient } from "./connect.ts";
import { acceptClient } from "./testing.ts";

const clock = systemClock;
const identity = testIdentity(clock.nowMs());
const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

function address(port: number, keyHash = identity.keyHash): RelayAddress {
  return { scheme: "smp", hosts: [{ form: "IPv4", name: "127.0.0.1" }], port: `${port}`, keyHash };
}

/** A relay that answers PING, over whatever connections come. */
function serve(transport: Transport): void {
  acceptClient(transport, {
    identity,
    clock,
    answer: ({ command }) => (command.type === "PING" ? { type: "PONG" } : undefined),
  }).catch(() => undefined);
}

async function tlsRelay(): Promise<number> {
  const listener = await listenTls({
    credentials: identity,
    host: "127.0.0.1",
    port: 0,
    onConnection: ({ transport }) => serve(transport),
  });
  cleanUp.push(() => listener.close());
  return listener.port;
}

async function webSocketRelay(): Promise<number> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (socket) => serve(new NodeWebSocketTransport(socket)));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => {
    for (const client of sockets.clients) client.terminate();
    http.close();
  });
  return (http.address() as AddressInfo).port;
}

async function connect(relay: RelayAddress): Promise<SmpClient> {
  const via = nodeConnect({ nowMs: clock.nowMs, timeoutMs: 30_000 });
  const client = await connectClient(via, relay, { clock, random: systemRandom });
  cleanUp.push(() => client.close());
  return client;
}

test.each([
  ["TLS", tlsRelay],
  ["WebSocket", webSocketRelay],
])(
  "a client has an encrypted session with a relay over %s, found by its address alone",
  async (_door, start) => {
    const client = await connect(address(await start()));
    await client.ping();
    expect(client.session).toMatchObject({ version: 18 });
  },
);

test.each([
  ["TLS", tlsRelay],
  ["WebSocket", webSocketRelay],
])("a relay with another identity is refused over %s", async (_door, start) => {
  const stranger = testIdentity(clock.nowMs());
  const refused = connect(address(await start(), stranger.keyHash));
  await expect(refused).rejects.toMatchObject({ code: "identity", retryable: false });
});
