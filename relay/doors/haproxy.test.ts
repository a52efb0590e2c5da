import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import { systemClock } from "../../core/clock/system.ts";
import { connectTls } from "../../core/transport/node/tls-client.ts";
import { TestClient } from "../testing/client.ts";
import { freePort } from "../testing/port.ts";
import { needsProgram } from "../testing/program.ts";
import { createQueue, sendCommand, textOf } from "../testing/queue.ts";
import { testRelays } from "../testing/test-relays.ts";

const { folder, start, afterwards } = testRelays();

it("a relay on Deno serves the clients of the network over TLS behind HAProxy", async (context) => {
  needsProgram(context, "haproxy");
  const path = folder();
  const relay = await start("deno", path, ["--doors", "haproxy"]);
  const identity = ["server.key", "server.crt", "ca.crt"].map((name) =>
    readFileSync(join(path, "identity", name), "utf8"),
  );
  writeFileSync(join(path, "relay.pem"), identity.join(""));
  const port = await freePort();
  const config = readFileSync(fileURLToPath(new URL("../deploy/haproxy.cfg", import.meta.url)), "utf8")
    .replace(":5223", `127.0.0.1:${port}`)
    .replace("/etc/haproxy/relay.pem", join(path, "relay.pem"))
    .replace("127.0.0.1:5224", `127.0.0.1:${relay.ports.get("haproxy")}`);
  writeFileSync(join(path, "haproxy.cfg"), config);
  const haproxy = spawn("haproxy", ["-db", "-f", join(path, "haproxy.cfg")], { stdio: "ignore" });
  const ended = once(haproxy, "exit");
  afterwards(() => {
    haproxy.kill("SIGKILL");
    return ended;
  });
  const dial = () =>
    connectTls({
      host: "127.0.0.1",
      port,
      timeoutMs: 30_000,
      keyHash: relay.keyHash,
      nowMs: () => systemClock.nowMs(),
    });
  await vi.waitFor(async () => (await dial()).close(), { timeout: 60_000 });

  const [recipient, sender] = [
    await TestClient.connect(await dial(), relay.keyHash),
    await TestClient.connect(await dial(), relay.keyHash),
  ];
  // The relay's session id, which HAProxy told it, is the one of this TLS session.
  expect(recipient.sessionId).toEqual(recipient.transport.sessionId);
  const queue = await createQueue(recipient, { secured: true });
  const { senderId, senderKey } = queue;
  expect(await sender.request(sendCommand("hello"), senderId, senderKey.privateKey)).toEqual({ type: "OK" });
  expect(textOf(queue, (await recipient.event()).message)).toBe("hello");
});
