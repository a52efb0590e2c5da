import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { base64urlEncode } from "../core/bytes/index.ts";
import { systemClock } from "../core/clock/system.ts";
import { systemRandom } from "../core/crypto/random.ts";
import { startClient } from "../core/smp/client/index.ts";
import { listenOn } from "../core/transport/node/listen.ts";
import { connectWebSocket } from "../core/transport/node/websocket-client.ts";
import { sendAndFallSilent, sendToWebDoor } from "./testing/misuse.ts";
import { relayCommand } from "./testing/process.ts";
import { createQueue, idOf, sendCommand, type TestQueue, textOf } from "./testing/queue.ts";
import { testRelays } from "./testing/test-relays.ts";

const { folder, start, afterwards } = testRelays();

const forSender = ({ senderId, senderKey }: TestQueue) => [senderId, senderKey.privateKey] as const;
const forRecipient = ({ recipientId, recipientKey }: TestQueue) =>
  [recipientId, recipientKey.privateKey] as const;
const ok = { type: "OK" };

describe.each([
  ["node", "tls"],
  ["node", "web"],
  ["deno", "web"],
] as const)("a relay process on %s, through its %s door", (runtime, door) => {
  it("keeps its address, queues and messages when it stops and starts", async () => {
    const path = folder();
    const first = await start(runtime, path);
    const [recipient, sender] = [await first.connect(door), await first.connect(door)];
    const queue = await createQueue(recipient, { secured: true });
    expect(await sender.request(sendCommand("one"), ...forSender(queue))).toEqual(ok);
    expect(await sender.request(sendCommand("two"), ...forSender(queue))).toEqual(ok);
    const { message } = await recipient.event();
    expect(textOf(queue, message)).toBe("one");
    first.child.kill("SIGTERM");
    expect(await first.exited).toBe(0);
    const second = await start(runtime, path);
    expect(second.keyHash).toEqual(first.keyHash);
    const again = await second.connect(door);
    const received = await again.exchange({
      command: { type: "SUB" },
      entityId: queue.recipientId,
      key: queue.recipientKey.privateKey,
    });
    expect(textOf(queue, received[1]?.message)).toBe("one");
    const ack = { type: "ACK", messageId: idOf(message) } as const;
    const next = await again.request(ack, ...forRecipient(queue));
    expect(textOf(queue, next)).toBe("two");
    again.close();
  });
});

it.each([
  ["node", "tls"],
  ["node", "web"],
  ["deno", "web"],
] as const)(
  "a relay process on %s stops when told to, though clients of its %s door hang",
  async (runtime, door) => {
    const relay = await start(runtime, folder());
    const port = relay.ports.get(door) ?? 0;
    const silent = connect({ host: "127.0.0.1", port });
    await new Promise((resolve) => silent.on("connect", resolve));
    silent.on("error", () => undefined);
    const deaf = await relay.dial(door);
    deaf.pause();
    const client = await relay.connect(door);
    await createQueue(client);
    relay.child.kill("SIGTERM");
    // It would be 1 if the time for stopping had run out.
    expect(await relay.exited).toBe(0);
    silent.destroy();
  },
);

it.each(["node", "deno"] as const)(
  "a relay process on %s ends those who misuse its web door, and serves others",
  async (runtime) => {
    const limits = ["--max-connections-per-address", "5", "--handshake-timeout", "3s"];
    const relay = await start(runtime, folder(), limits);
    const port = relay.ports.get("web") ?? 0;
    const other = await relay.connect("web");
    const tooLarge = [new Uint8Array(16_385), new Uint8Array(5_000_000)];
    for (const message of [...tooLarge, new Uint8Array(0), "x".repeat(16_384)]) {
      await sendToWebDoor(port, message);
    }
    for (const target of ["//", "//[", "http://[/", "*", "%", "http://a:b:c/"]) {
      await sendAndFallSilent(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    }
    const unfinished = ["", "GET / HTTP/1.1\r\nHost: x\r\n", systemRandom(2000), "a: b\r\n".repeat(10_000)];
    await Promise.all(unfinished.map((sent, i) => sendAndFallSilent(port, sent, `127.0.0.${i + 2}`)));
    expect(await other.request({ type: "PING" })).toEqual({ type: "PONG" });
    other.close();
  },
);

it.each([
  ["node", "tls"],
  ["node", "web"],
  ["deno", "web"],
] as const)("a relay process on %s takes 300 messages at once through its %s door", async (runtime, door) => {
  const relay = await start(runtime, folder());
  const recipient = await relay.connect(door);
  const options = { clock: systemClock, random: systemRandom };
  const sender = await startClient(await relay.dial(door), relay.keyHash, options);
  const queues: TestQueue[] = [];
  for (let i = 0; i < 5; i++) {
    queues.push(await createQueue(recipient, { secured: true, subscribeMode: "only-create" }));
  }
  const body = new Uint8Array(16_000);
  const sent = Array.from({ length: 60 }, () =>
    queues.map(({ senderId, senderKey: { privateKey } }) =>
      sender.sendMessage({ senderId, privateKey }, { notification: false }, body),
    ),
  );
  await Promise.all(sent.flat());
  for (const { recipientId, recipientKey } of queues) {
    const info = await recipient.request({ type: "QUE" }, recipientId, recipientKey.privateKey);
    expect(info).toMatchObject({ info: { size: 60 } });
  }
  sender.close();
});

describe("a relay process", () => {
  it.each(["node", "deno"] as const)(
    "on %s refuses what is no proper request for a WebSocket, and it is no error of the relay",
    async (runtime) => {
      const relay = await start(runtime, folder());
      let errors = "";
      relay.child.stderr?.on("data", (chunk) => {
        errors += String(chunk);
      });
      for (const headers of ["Connection: Upgrade\r\nUpgrade: websocket", "Upgrade: websocket"]) {
        const socket = connect({ host: "127.0.0.1", port: relay.ports.get("web") ?? 0 });
        socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\nSec-WebSocket-Version: 13\r\n\r\n`);
        const [answer] = await once(socket, "data");
        expect(String(answer)).toMatch(/^HTTP\/1\.1 (400|200) /);
        socket.destroy();
      }
      relay.child.kill("SIGTERM");
      expect(await relay.exited).toBe(0);
      expect(errors).toBe("");
    },
  );

  it.each(["node", "deno"] as const)(
    "on %s shows its page, its health, and metrics only when asked to",
    async (runtime) => {
      const path = folder();
      const relay = await start(runtime, path, [
        "--metrics",
        "on",
        "--host",
        "relay.example.org",
        "--password",
        "secret",
      ]);
      const url = `http://127.0.0.1:${relay.ports.get("web")}`;
      const page = await fetch(url);
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      const html = await page.text();
      expect(html).toContain(`smp://${base64urlEncode(relay.keyHash)}@relay.example.org`);
      expect(html).not.toContain("secret");
      expect(await (await fetch(`${url}/health`)).text()).toBe("ok\n");
      expect(await (await fetch(`${url}/metrics`)).text()).toContain("sotto_relay_stored_queues 0");
      expect((await fetch(`${url}/other`)).status).toBe(404);
      expect((await fetch(url, { method: "POST" })).status).toBe(405);
      relay.child.kill("SIGTERM");
      expect(await relay.exited).toBe(0);
      const silent = await start(runtime, path);
      expect((await fetch(`http://127.0.0.1:${silent.ports.get("web")}/metrics`)).status).toBe(404);
    },
  );

  it.each(["node", "deno"] as const)("on %s names the setting that is wrong, and ends", async (runtime) => {
    const path = folder();
    const [command, args] = relayCommand(runtime, path);
    const server = createServer();
    afterwards(() => server.close());
    const taken = String(await listenOn(server, 0, "127.0.0.1"));
    for (const [name, value] of [
      ["queue-quota", "many"],
      ["web-port", taken],
    ] as const) {
      const flags = ["--doors", "web", "--listen", "127.0.0.1", `--${name}`, value];
      const run = promisify(execFile)(command, [...args, "start", "--data", path, ...flags]);
      const stderr = expect.stringMatching(new RegExp(`cannot use setting ${name}.*\\n$`));
      await expect(run).rejects.toMatchObject({ code: 1, stderr });
    }
  });

  it.each([
    ["node", "tls"],
    ["deno", "web"],
  ] as const)("on %s takes note of a queue that the operator blocks and unblocks", async (runtime, door) => {
    const path = folder();
    const relay = await start(runtime, path);
    const [recipient, sender] = [await relay.connect(door), await relay.connect(door)];
    const queue = await createQueue(recipient, { secured: true });
    const run = async (...words: string[]): Promise<string> => {
      const [command, args] = relayCommand(runtime, path);
      return (await promisify(execFile)(command, [...args, ...words, "--data", path])).stdout;
    };
    const id = base64urlEncode(queue.senderId);
    expect(await run("block", id, "--reason", "content", "--notice", "forever")).toContain("is blocked now");
    const blocked = {
      type: "ERR",
      error: { type: "BLOCKED", reason: "content", notice: { ttl: undefined } },
    };
    expect((await recipient.event()).message).toEqual(blocked);
    expect(await sender.request(sendCommand("x"), ...forSender(queue))).toEqual(blocked);
    expect(await recipient.request({ type: "QUE" }, ...forRecipient(queue))).toEqual(blocked);
    expect(await run("unblock", id)).toContain("is active now");
    expect(await sender.request(sendCommand("x"), ...forSender(queue))).toEqual(ok);
    expect(textOf(queue, (await recipient.event()).message)).toBe("x");
    // A queue that its recipient has suspended is not opened by mistake.
    expect(await recipient.request({ type: "OFF" }, ...forRecipient(queue))).toEqual(ok);
    const refused = { code: 1, stderr: "cannot unblock queue: it is not blocked\n" };
    await expect(run("unblock", id)).rejects.toMatchObject(refused);
    expect(await run("stats")).toContain("queues 1\nmessages 1");
    expect(await run("address")).toContain(base64urlEncode(relay.keyHash));
  });
});

describe("a relay process on Deno", () => {
  it("names the settings of a certificate whose key its TLS cannot use", async () => {
    const path = folder();
    const [command, args] = relayCommand("deno", path);
    await promisify(execFile)(command, [...args, "init", "--data", path, "--algorithm", "Ed448"]);
    const identity = (name: string) => join(path, "identity", name);
    const files = ["--web-cert", identity("server.crt"), "--web-key", identity("server.key")];
    const run = promisify(execFile)(command, [...args, "start", "--data", path, ...files]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: "cannot use settings web-cert and web-key: a key of type ed448 cannot be used here\n",
    });
  });

  it.each([
    ["web-cert and web-key", ["--web-cert", "FOLDER/text", "--web-key", "FOLDER/text"]],
    ["store and kv-path", ["--store", "kv", "--kv-path", "FOLDER/missing/kv"]],
  ])("says in one line that it cannot use the settings %s", async (names, flags) => {
    const path = folder();
    writeFileSync(join(path, "text"), "text");
    const [command, args] = relayCommand("deno", path);
    const given = flags.map((flag) => flag.replace("FOLDER", path));
    const run = promisify(execFile)(command, [...args, "start", "--data", path, ...given]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`^cannot use settings ${names}: .*\\n$`)),
    });
  });
});

it.each(["node", "deno"] as const)(
  "a relay process on %s serves WebSocket over TLS with a certificate of its own",
  async (runtime) => {
    const path = folder();
    const [command, args] = relayCommand(runtime, path);
    await promisify(execFile)(command, [...args, "init", "--data", path, "--algorithm", "Ed25519"]);
    const files = [
      "--web-cert",
      join(path, "identity/server.crt"),
      "--web-key",
      join(path, "identity/server.key"),
    ];
    const relay = await start(runtime, path, files);
    const port = relay.ports.get("web") ?? 0;
    const transport = await connectWebSocket({ host: "127.0.0.1", port, timeoutMs: 30_000, secure: true });
    const client = await startClient(transport, relay.keyHash, { clock: systemClock, random: systemRandom });
    await client.ping();
    client.close();
  },
);
