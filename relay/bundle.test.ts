import { execFile, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { systemClock } from "../core/clock/system.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { connectWebSocket } from "../core/transport/node/websocket-client.ts";
import { createIdentity, identityToText, readIdentity } from "./identity/identity.ts";
import { TestClient } from "./testing/client.ts";
import { freePort } from "./testing/port.ts";
import { relayCommand, temporaryFolder } from "./testing/process.ts";
import { createQueue, sendCommand, textOf } from "./testing/queue.ts";
import { testRelays } from "./testing/test-relays.ts";

const { folder, start, afterwards } = testRelays();

const bundled = temporaryFolder();
const script = join(bundled.path, "relay.js");
const files = createIdentity("Ed25519", "relay.example.org", systemClock.nowMs(), systemRandom);
const { keyHash } = readIdentity(files, systemClock.nowMs());

beforeAll(async () => {
  // As Deno Deploy builds it, but to another place.
  const root = fileURLToPath(new URL("..", import.meta.url));
  const { deploy } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  const [program, ...words] = deploy.build.split(" ");
  expect([program, deploy.runtime.entrypoint]).toEqual(["deno", "./dist/relay.js"]);
  const [deno] = relayCommand("deno", root);
  await promisify(execFile)(deno, [...words, script], { cwd: root });
  expect(readdirSync(bundled.path)).toEqual(["relay.js"]);
  return () => bundled.remove();
});

describe("the bundle on Deno Deploy", () => {
  /**
   * Starts it with what the platform gives: an address to listen on, the app's variables, a database, and nothing to
   * write to. Deno KV has its file in Deno's own folder, as the app names none.
   */
  function deploy(path: string, port: number, variables: Readonly<Record<string, string>>) {
    const [deno] = relayCommand("deno", path);
    const denied = ["--deny-read", "--deny-write", "--deny-run", "--deny-ffi", "--deny-sys"];
    const child = spawn(
      deno,
      ["run", "--no-prompt", "--unstable-kv", "--allow-net", "--allow-env", ...denied, script],
      {
        cwd: path,
        stdio: ["ignore", "ignore", "pipe"],
        env: {
          DENO_DIR: join(path, "deno"),
          DENO_DEPLOY: "true",
          DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
          ...variables,
        },
      },
    );
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += String(chunk);
    });
    const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
    afterwards(() => {
      child.kill("SIGKILL");
      return exited;
    });
    const connect = async () => {
      const transport = await connectWebSocket({ host: "127.0.0.1", port, timeoutMs: 30_000, secure: false });
      return TestClient.connect(transport, keyHash);
    };
    return { child, exited, connect, errors: () => errors };
  }

  const variables = { SOTTO_RELAY_IDENTITY: identityToText(files), SOTTO_RELAY_HOST: "app.example.org" };

  it("runs with nothing but its name and identity in variables, and keeps its queues in Deno KV", async () => {
    const path = folder();
    mkdirSync(join(path, "deno"));
    const port = await freePort();
    const first = deploy(path, port, variables);
    const sender = await vi.waitFor(first.connect, { timeout: 60_000 });
    const recipient = await first.connect();
    const queue = await createQueue(recipient, { secured: true });
    const { senderId, senderKey, recipientId, recipientKey } = queue;
    const send = (client: TestClient, body: string) =>
      client.request(sendCommand(body), senderId, senderKey.privateKey);
    expect(await send(sender, "hello")).toEqual({ type: "OK" });
    expect(textOf(queue, (await recipient.event()).message)).toBe("hello");
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain("@app.example.org");
    // The platform ends an app that nobody uses with SIGINT.
    first.child.kill("SIGINT");
    expect(await first.exited).toBe(0);
    const second = deploy(path, port, variables);
    const again = await vi.waitFor(second.connect, { timeout: 60_000 });
    const [, delivered] = await again.exchange({
      command: { type: "SUB" },
      entityId: recipientId,
      key: recipientKey.privateKey,
    });
    expect(textOf(queue, delivered?.message)).toBe("hello");
    expect(second.errors()).toBe("");
    expect(readdirSync(path)).toEqual(["deno"]);
  });

  it("does not make an identity that would be gone at the next start, and says what to do", async () => {
    const { exited, errors } = deploy(folder(), await freePort(), { SOTTO_RELAY_HOST: "app.example.org" });
    expect(await exited).toBe(1);
    expect(errors()).toContain("SOTTO_RELAY_IDENTITY");
    expect(errors()).not.toContain("at ");
  });
});

it.each(["deno", "node"] as const)("the bundle is all that %s needs to run the relay", async (runtime) => {
  const path = folder();
  const relay = await start(runtime, path, [], { script });
  expect(relay.lines.join("\n")).toContain("relay.js start --data");
  const client = await relay.connect(runtime === "node" ? "tls" : "web");
  await createQueue(client);
});
