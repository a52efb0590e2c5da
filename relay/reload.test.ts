import { execFile } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { base64urlEncode } from "../core/bytes/index.ts";
import { systemClock } from "../core/clock/system.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { startClient } from "../core/smp/client/index.ts";
import { connectWebSocket } from "../core/transport/node/websocket-client.ts";
import { type RelayProcess, type RuntimeName, relayCommand } from "./testing/process.ts";
import { testRelays } from "./testing/test-relays.ts";

const { folder, start } = testRelays();

/** Runs commands of the relay on one folder, and the relay itself. */
function setUp(runtime: RuntimeName) {
  const path = folder();
  const [command, args] = relayCommand(runtime, path);
  return {
    file: (name: string): string => join(path, name),
    run: (...words: string[]) => promisify(execFile)(command, [...args, ...words, "--data", path]),
    async start(...flags: string[]) {
      const relay = await start(runtime, path, flags);
      let errors = "";
      relay.child.stderr?.on("data", (chunk) => {
        errors += String(chunk);
      });
      return { relay, errors: () => errors };
    },
  };
}

/** The certificate that the web door shows. */
function shownBy({ ports }: RelayProcess): Promise<string> {
  const options = { host: "127.0.0.1", port: ports.get("web"), rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe("a relay that is told to read its certificates again", () => {
  it("takes another online certificate, under the same address", async () => {
    const { run, start } = setUp("node");
    const { relay } = await start();
    const shown = async () => base64urlEncode((await relay.dial("tls")).peerChain[0] ?? new Uint8Array(0));
    const before = await shown();
    await run("rotate-certificate");
    relay.child.kill("SIGHUP");
    await expect.poll(shown).not.toBe(before);
    expect(await (await relay.connect("tls")).request({ type: "PING" })).toEqual({ type: "PONG" });
    await expect.poll(() => relay.lines).toContain("identity was read again");
  });

  it("keeps its identity when the one in the folder is another, or none", async () => {
    const other = setUp("node");
    await other.run("init");
    const { file, start } = setUp("node");
    const { relay, errors } = await start();
    for (const name of ["ca.crt", "server.crt", "server.key"]) {
      copyFileSync(other.file(`identity/${name}`), file(`identity/${name}`));
    }
    relay.child.kill("SIGHUP");
    await expect.poll(errors).toContain("identity stays as it was: it is another relay's\n");
    writeFileSync(file("identity/server.key"), "text");
    relay.child.kill("SIGHUP");
    await expect.poll(errors).toMatch(/identity stays as it was: cannot read identity.*\n$/);
    expect(await (await relay.connect("tls")).request({ type: "PING" })).toEqual({ type: "PONG" });
  });

  it.each(["node", "deno"] as const)(
    "on %s shows the renewed certificate of its web door, and keeps it while there is none that can be used",
    async (runtime) => {
      const { file, run, start } = setUp(runtime);
      const renew = (): void => {
        for (const name of ["server.crt", "server.key"]) copyFileSync(file(`identity/${name}`), file(name));
      };
      await run("init", "--algorithm", "Ed25519");
      renew();
      const { relay, errors } = await start(
        ...["--web-cert", file("server.crt"), "--web-key", file("server.key")],
      );
      const at = { host: "127.0.0.1", port: relay.ports.get("web") ?? 0, timeoutMs: 30_000, secure: true };
      const options = { clock: systemClock, random: systemRandom };
      const client = await startClient(await connectWebSocket(at), relay.keyHash, options);
      const before = await shownBy(relay);
      await run("rotate-certificate");
      renew();
      relay.child.kill("SIGHUP");
      await expect.poll(() => shownBy(relay)).not.toBe(before);
      await expect.poll(() => relay.lines).toContain("certificate of the web door was read again");
      const renewed = await shownBy(relay);
      writeFileSync(file("server.key"), "text");
      relay.child.kill("SIGHUP");
      const kept = "certificate of the web door stays as it was: cannot use settings web-cert and web-key: ";
      await expect.poll(errors).toContain(kept);
      expect(await shownBy(relay)).toBe(renewed);
      await client.ping();
      client.close();
    },
  );
});
