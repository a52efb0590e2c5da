import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { systemClock } from "../core/clock/system.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { startClient } from "../core/smp/client/index.ts";
import { freePort } from "./testing/port.ts";
import { type RelayProcess, type RuntimeName, relayCommand } from "./testing/process.ts";
import { createQueue, textOf } from "./testing/queue.ts";
import { testRelays } from "./testing/test-relays.ts";

const { folder, start, afterwards } = testRelays();

function startAsProxy(runtime: RuntimeName, reachesPrivate: "on" | "off"): Promise<RelayProcess> {
  const flags = ["--proxy", "on", "--proxy-private", reachesPrivate];
  return start(runtime, folder(), flags, { permissions: "proxy" });
}

describe.each([
  ["node", "tls"],
  ["deno", "web"],
] as const)("a relay process on %s as a proxy", (runtime, door) => {
  /** A client of the proxy, which may reach relays on this machine. */
  async function startProxy(reachesPrivate: "on" | "off" = "on") {
    const proxy = await startAsProxy(runtime, reachesPrivate);
    const client = await startClient(await proxy.dial(door), proxy.keyHash, {
      clock: systemClock,
      random: systemRandom,
    });
    afterwards(() => client.close());
    return client;
  }

  const addressOf = ({ keyHash, ports }: Pick<RelayProcess, "keyHash" | "ports">, at: "tls" | "web") => ({
    scheme: "smp" as const,
    hosts: [{ form: "IPv4" as const, name: "127.0.0.1" }],
    port: String(ports.get(at)),
    keyHash,
  });

  it.each([
    ["node", "web"],
    ["deno", "web"],
    ...(runtime === "node" ? [["node", "tls"] as const] : []),
  ] as const)(
    "sends the longest message through a relay on %s that it reaches over %s",
    async (other, at) => {
      const destination = await start(other, folder());
      const client = await startProxy();
      const recipient = await destination.connect(at);
      const queue = await createQueue(recipient, { secured: true });
      const session = await client.openProxySession(addressOf(destination, at));
      const sender = { senderId: queue.senderId, privateKey: queue.senderKey.privateKey };
      const body = new Uint8Array(16_048).fill(0x78);
      await client.sendThroughProxy(session, sender, { notification: false }, body);
      expect(textOf(queue, (await recipient.event()).message)).toBe("x".repeat(16_048));
    },
  );

  it("does not reach into the network it stands in unless it may", async () => {
    const destination = await start("node", folder());
    const client = await startProxy("off");
    for (const at of ["tls", "web"] as const) {
      await expect(client.openProxySession(addressOf(destination, at))).rejects.toMatchObject({
        error: { type: "PROXY", error: { type: "BROKER", error: { type: "HOST" } } },
      });
    }
  });

  it("says that it cannot reach a relay that is not there", async () => {
    const client = await startProxy();
    const { keyHash } = await start("node", folder());
    const port = await freePort();
    const gone = addressOf({ keyHash, ports: new Map([["tls", port]]) }, "tls");
    await expect(client.openProxySession(gone)).rejects.toMatchObject({
      error: { type: "PROXY", error: { type: "BROKER", error: { type: "NETWORK" } } },
    });
    await client.ping();
  });
});

describe("a relay process on Deno", () => {
  it("as a proxy does not reach a relay that is there for TLS only, and says so", async () => {
    const destination = await start("node", folder(), ["--doors", "tls"]);
    const proxy = await startAsProxy("deno", "on");
    const options = { clock: systemClock, random: systemRandom };
    const client = await startClient(await proxy.dial("web"), proxy.keyHash, options);
    const opening = client.openProxySession({
      scheme: "smp",
      hosts: [{ form: "IPv4", name: "127.0.0.1" }],
      port: String(destination.ports.get("tls")),
      keyHash: destination.keyHash,
    });
    await expect(opening).rejects.toMatchObject({
      error: { type: "PROXY", error: { type: "BROKER" } },
    });
    client.close();
  });

  it("does not start as a proxy without the permission, and says which", async () => {
    const path = folder();
    const [command, args] = relayCommand("deno", path);
    const run = promisify(execFile)(command, [...args, "start", "--data", path, "--proxy", "on"]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^cannot use setting proxy.*-P=proxy\n$/),
    });
  });
});
