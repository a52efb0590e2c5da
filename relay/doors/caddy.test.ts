import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { get, type RequestOptions } from "node:https";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { connectWebSocket } from "../../core/transport/node/websocket-client.ts";
import { TestClient } from "../testing/client.ts";
import { freePort } from "../testing/port.ts";
import type { RuntimeName } from "../testing/process.ts";
import { needsProgram } from "../testing/program.ts";
import { createQueue, sendCommand, textOf } from "../testing/queue.ts";
import { testRelays } from "../testing/test-relays.ts";

const { folder, start, afterwards } = testRelays();

/** Not for a server: no files outside the test's folder, and a certificate of Caddy's own. */
const testOptions = (folder: string) => `{
	admin off
	skip_install_trust
	auto_https disable_redirects
	storage file_system ${folder}/caddy
	local_certs`;

/** A relay with Caddy in front of it, set as the file in `deploy` says. */
async function relayBehindCaddy(runtime: RuntimeName, ...flags: string[]) {
  const path = folder();
  const relay = await start(runtime, path, ["--doors", "web", "--trust-forwarded", "on", ...flags]);
  const port = await freePort();
  const shipped = readFileSync(fileURLToPath(new URL("../deploy/Caddyfile", import.meta.url)), "utf8");
  const config = shipped
    .replace("{", testOptions(path))
    .replace("relay.example.org", `localhost:${port}`)
    .replace("127.0.0.1:8080", `127.0.0.1:${relay.ports.get("web")}`);
  const file = join(path, "Caddyfile");
  writeFileSync(file, config);
  const caddy = spawn("caddy", ["run", "--adapter", "caddyfile", "--config", file], {
    stdio: "ignore",
    env: { ...process.env, HOME: path, XDG_DATA_HOME: path, XDG_CONFIG_HOME: path },
  });
  const ended = once(caddy, "exit");
  afterwards(() => {
    caddy.kill("SIGKILL");
    return ended;
  });
  const dial = () => connectWebSocket({ host: "localhost", port, timeoutMs: 30_000, secure: true });
  await vi.waitFor(async () => (await dial()).close(), { timeout: 60_000 });
  return { relay, port, dial };
}

/** Caddy's own authority is not installed; an address has no name to send. */
const toCaddy = {
  host: "127.0.0.1",
  servername: "localhost",
  rejectUnauthorized: false,
  agent: false,
} as const;

/** The status of the answer to a request; 101 for one to which a WebSocket was opened, and `close` to end it. */
function ask(
  options: RequestOptions & { headers?: Readonly<Record<string, string>> },
): Promise<{ status: number | undefined; close(): void }> {
  return new Promise((resolve, reject) => {
    const headers = { host: `localhost:${options.port}`, ...options.headers };
    const request = get({ ...toCaddy, ...options, headers });
    request.on("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode, close: () => undefined });
    });
    request.on("upgrade", (response, socket) => {
      resolve({ status: response.statusCode, close: () => socket.destroy() });
    });
    request.on("error", reject);
  });
}

const upgrade = {
  connection: "upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

describe.each(["node", "deno"] as const)("a relay on %s behind Caddy", (runtime) => {
  it("serves its clients, its page and its health", async (context) => {
    needsProgram(context, "caddy");
    const { relay, port, dial } = await relayBehindCaddy(runtime);
    const [recipient, sender] = [
      await TestClient.connect(await dial(), relay.keyHash),
      await TestClient.connect(await dial(), relay.keyHash),
    ];
    const queue = await createQueue(recipient, { secured: true });
    const { senderId, senderKey } = queue;
    const long = "x".repeat(16_000);
    expect(await sender.request(sendCommand(long), senderId, senderKey.privateKey)).toEqual({ type: "OK" });
    expect(textOf(queue, (await recipient.event()).message)).toBe(long);
    expect((await ask({ port, path: "/health" })).status).toBe(200);
    expect((await ask({ port, path: "/" })).status).toBe(200);
  });

  it("knows its clients' addresses from Caddy, whatever they say themselves, and limits each", async (context) => {
    needsProgram(context, "caddy");
    const { port } = await relayBehindCaddy(runtime, "--max-connections-per-address", "2");
    const from = (localAddress: string, headers = {}) =>
      ask({ port, localAddress, headers: { ...upgrade, ...headers } });
    const inside = [await from("127.0.0.2"), await from("127.0.0.2")];
    expect(inside.map(({ status }) => status)).toEqual([101, 101]);
    expect((await from("127.0.0.2")).status).toBe(503);
    expect((await from("127.0.0.2", { "x-forwarded-for": "192.0.2.1" })).status).toBe(503);
    expect((await from("127.0.0.3", { "x-forwarded-for": "127.0.0.2" })).status).toBe(101);
    inside[0]?.close();
    await expect.poll(async () => (await from("127.0.0.2")).status).toBe(101);
  });
});
