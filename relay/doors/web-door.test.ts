import { connect } from "node:net";
import { setImmediate } from "node:timers";
import { afterEach, expect, it } from "vitest";
import { systemClock } from "../../core/clock/system.ts";
import { systemRandom } from "../../core/crypto/random.ts";
import { connectWebSocket } from "../../core/transport/node/websocket-client.ts";
import { blockLength } from "../../core/transport/transport.ts";
import type { RelayLimits } from "../settings/limits.ts";
import { readSettings } from "../settings/settings.ts";
import { TestClient } from "../testing/client.ts";
import { testIdentity } from "../testing/identity.ts";
import { sendAndFallSilent, sendToWebDoor } from "../testing/misuse.ts";
import { testRelay } from "../testing/relay.ts";
import { openWebDoor } from "./web-door.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function openDoor(limits: Partial<RelayLimits> = {}) {
  const identity = testIdentity();
  const { relay } = testRelay({ identity, clock: systemClock, limits, defer: setImmediate });
  const settings = readSettings({
    flags: { "web-port": "0", listen: "127.0.0.1" },
    environment: {},
    file: undefined,
  });
  const page = { address: "smp://", hasPassword: false, source: undefined, metrics: false };
  const door = await openWebDoor({ relay, settings, page });
  cleanups.push(
    () => relay.stop(),
    () => door.close(),
  );
  const { port } = door;
  const dial = async () =>
    TestClient.connect(
      await connectWebSocket({ host: "127.0.0.1", port, timeoutMs: 30_000, secure: false }),
      identity.keyHash,
    );
  return { relay, port, dial };
}

it.each([
  ["too large", new Uint8Array(blockLength + 1)],
  ["far too large", new Uint8Array(5_000_000)],
  ["too small", new Uint8Array(blockLength - 1)],
  ["empty", new Uint8Array(0)],
  ["of text", "x".repeat(blockLength)],
])("a WebSocket message that is %s ends the connection, and others are served", async (_, message) => {
  const { dial, port } = await openDoor();
  const other = await dial();
  await sendToWebDoor(port, message);
  expect(await other.request({ type: "PING" })).toEqual({ type: "PONG" });
  other.close();
});

it("a request that is no HTTP is refused, and others are served", async () => {
  const { dial, port } = await openDoor();
  const socket = connect({ host: "127.0.0.1", port });
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("data", () => undefined);
  socket.write(systemRandom(2000));
  await closed;
  const client = await dial();
  expect(await client.request({ type: "PING" })).toEqual({ type: "PONG" });
  client.close();
});

it.each(["//", "//[", "*", "/?"])("a request for %s is answered", async (target) => {
  const { port } = await openDoor();
  const socket = connect({ host: "127.0.0.1", port });
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(target === "/?" ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 404 /);
});

it("a client that is refused and resets its connection does no harm", async () => {
  const { relay, port } = await openDoor();
  await relay.stop();
  expect(relay.admits("127.0.0.1")).toBe(false);
  const socket = connect({ host: "127.0.0.1", port });
  await new Promise((resolve) => socket.on("connect", resolve));
  const headers = ["Host: x", "Connection: Upgrade", "Upgrade: websocket"];
  socket.write(`GET / HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
  socket.resetAndDestroy();
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
});

it.each([
  ["nothing", ""],
  ["half a request", "GET / HTTP/1.1\r\nHost: x\r\n"],
])(
  "clients that send %s are kept at the bound of their address, and cut off after their time",
  async (_, sent) => {
    const { dial, port } = await openDoor({ connectionsPerAddressMax: 5, handshakeTimeoutSeconds: 3 });
    await sendAndFallSilent(port, sent);
    const client = await dial();
    expect(await client.request({ type: "PING" })).toEqual({ type: "PONG" });
    client.close();
  },
);
