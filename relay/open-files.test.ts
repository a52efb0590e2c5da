import { execFile } from "node:child_process";
import { connect } from "node:net";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { relayCommand } from "./testing/process.ts";
import { testRelays } from "./testing/test-relays.ts";

const { folder, start } = testRelays();

it.each([
  ["deno", ["web", "haproxy"]],
  ["node", ["tls", "web"]],
] as const)(
  "a relay on %s takes no more connections than it may have files open, and others when they are gone",
  async (runtime, doors) => {
    const relay = await start(runtime, folder(), ["--proxy", "off", "--doors", doors.join()], {
      openFilesMax: 320,
    });
    const [, max] = /^max-connections is (\d+): /.exec(relay.lines[0] ?? "") ?? [];
    const ports = doors.map((door) => relay.ports.get(door));
    let refused = 0;
    const sockets = Array.from({ length: 1000 }, (_, i) => {
      const socket = connect({ host: "127.0.0.1", port: ports[i % ports.length] ?? 0 });
      return socket.on("error", () => undefined).on("close", () => refused++);
    });
    await expect.poll(() => refused).toBe(1000 - Number(max));
    for (const socket of sockets) socket.destroy();
    const ping = async () => (await relay.connect("web")).request({ type: "PING" });
    await expect.poll(ping).toEqual({ type: "PONG" });
  },
);

it("a relay that may open too few files does not start, and names the setting", async () => {
  const path = folder();
  const [command, args] = relayCommand("node", path);
  const start = [...args, "start", "--data", path];
  const run = promisify(execFile)("sh", ["-c", 'ulimit -n 100 && exec "$@"', "sh", command, ...start]);
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^cannot use setting max-connections: the relay can open \d+ files.*ulimit -n\n$/,
    ),
  });
});

it("a relay that may open enough files takes as many connections as are set", async () => {
  const relay = await start("node", folder(), ["--max-connections", "300"], { openFilesMax: 2000 });
  expect(relay.lines.join("\n")).not.toContain("max-connections is");
});
