import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { systemClock } from "../core/clock/system.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { createIdentity, identityToText, readIdentity } from "./identity/identity.ts";
import { startRelayProcess, temporaryFolder } from "./testing/process.ts";
import { createQueue, sendCommand, textOf } from "./testing/queue.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

it("the bundle is one file that runs by itself, with its identity from a variable and its queues in Deno KV", async () => {
  const { path, remove } = temporaryFolder();
  cleanups.push(remove);
  const script = join(path, "relay.js");
  const bundler = fileURLToPath(new URL("../scripts/relay-bundle.ts", import.meta.url));
  await promisify(execFile)(process.execPath, ["--no-warnings", bundler, script]);
  const files = createIdentity("Ed25519", "relay.example.org", systemClock.nowMs(), systemRandom);
  const environment = { SOTTO_RELAY_IDENTITY: identityToText(files), SOTTO_RELAY_KV_PATH: ":memory:" };
  const relay = await startRelayProcess("deno", path, [], { script, environment });
  cleanups.push(() => {
    relay.child.kill("SIGKILL");
    return relay.exited;
  });
  expect(relay.keyHash).toEqual(readIdentity(files, systemClock.nowMs()).keyHash);
  const [recipient, sender] = [await relay.connect("web"), await relay.connect("web")];
  const queue = await createQueue(recipient, { secured: true });
  const { senderId, senderKey } = queue;
  expect(await sender.request(sendCommand("hello"), senderId, senderKey.privateKey)).toEqual({ type: "OK" });
  expect(textOf(queue, (await recipient.event()).message)).toBe("hello");
  expect(readdirSync(path)).toEqual(["relay.js"]);
});
