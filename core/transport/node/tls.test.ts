import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../../../relay/testing/port.ts";
import { systemClock } from "../../clock/system.ts";
import type { RelayCredentials } from "../../crypto/certificate.fixture.ts";
import { TransportError } from "../errors.ts";
import { testIdentity } from "../testing.ts";
import { blockLength, type Transport } from "../transport.ts";
import { connectTls } from "./tls-client.ts";
import { strictTls } from "./tls-parameters.ts";
import { type Incoming, listenTls, type TlsListener, type TlsListenOptions } from "./tls-server.ts";

const nowMs = systemClock.nowMs();
const listeners: TlsListener[] = [];
const transports: Transport[] = [];

afterEach(async () => {
  for (const transport of transports.splice(0)) transport.close(new TransportError("closed", "test is over"));
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

async function listen(
  identity: RelayCredentials,
  options: Partial<TlsListenOptions> = {},
): Promise<{ port: number; incoming: Promise<Incoming> }> {
  const { promise, resolve } = Promise.withResolvers<Incoming>();
  const listener = await listenTls({
    credentials: identity,
    host: "127.0.0.1",
    port: 0,
    onConnection: (connection) => {
      transports.push(connection.transport);
      resolve(connection);
    },
    ...options,
  });
  listeners.push(listener);
  return { port: listener.port, incoming: promise };
}

async function connect(
  port: number,
  keyHash: Uint8Array,
  credentials?: RelayCredentials,
): Promise<Transport> {
  const transport = await connectTls({
    host: "127.0.0.1",
    port,
    timeoutMs: 30_000,
    keyHash,
    nowMs: () => nowMs,
    serviceCredentials: credentials,
  });
  transports.push(transport);
  return transport;
}

/** The next `count` blocks, then the transport is left paused. */
function blocks(transport: Transport, count: number): Promise<Uint8Array[]> {
  const got: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    transport.receive({
      block(block) {
        got.push(block);
        if (got.length < count) return;
        transport.pause();
        resolve(got);
      },
      closed: reject,
    });
  });
}

const ended = (transport: Transport): Promise<TransportError> =>
  new Promise((resolve) => transport.receive({ block: () => undefined, closed: resolve }));

const block = (fill: number): Uint8Array => new Uint8Array(blockLength).fill(fill);

describe("the TLS door", () => {
  test.each(["Ed25519", "Ed448"] as const)(
    "both sides have the same session id and carry blocks (%s)",
    async (algorithm) => {
      const identity = testIdentity(nowMs, 30, algorithm);
      const { port, incoming } = await listen(identity);
      const client = await connect(port, identity.keyHash);
      const { transport: server } = await incoming;
      expect(client.sessionId?.length).toBe(32);
      expect(server.sessionId).toEqual(client.sessionId);
      expect([client.alpn, server.alpn]).toEqual(["smp/1", "smp/1"]);
      expect(client.peerChain).toEqual(identity.certificateChain);
      expect(server.peerChain).toEqual([]);
      for (let i = 0; i < 5; i++) {
        client.send(block(i));
        server.send(block(100 + i));
      }
      expect(await blocks(server, 5)).toEqual([0, 1, 2, 3, 4].map(block));
      expect(await blocks(client, 5)).toEqual([100, 101, 102, 103, 104].map(block));
    },
  );

  test("an identity other than the pinned one is refused and says so", async () => {
    const { port } = await listen(testIdentity(nowMs));
    const other = testIdentity(nowMs);
    await expect(connect(port, other.keyHash)).rejects.toMatchObject({ code: "identity", retryable: false });
  });

  test("an expired certificate is refused and says so", async () => {
    const identity = testIdentity(nowMs - 100 * 86_400_000);
    const { port } = await listen(identity);
    const refused = connect(port, identity.keyHash);
    await expect(refused).rejects.toMatchObject({
      code: "certificate",
      message: expect.stringContaining("expired"),
    });
  });

  test("a chain without an identity certificate is refused", async () => {
    const identity = testIdentity(nowMs);
    const { port } = await listen({ ...identity, certificateChain: identity.certificateChain.slice(0, 1) });
    await expect(connect(port, identity.keyHash)).rejects.toMatchObject({ code: "certificate" });
  });

  test("a server that does not speak TLS is another door", async () => {
    const { createServer } = await import("node:http");
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const address = http.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(connect(port, new Uint8Array(32))).rejects.toMatchObject({ code: "wrong-door" });
    http.close();
  });

  test("a closed port is a network failure that retrying can help", async () => {
    await expect(connect(await freePort(), new Uint8Array(32))).rejects.toMatchObject({
      code: "network",
      retryable: true,
    });
  });

  test("a server that accepts and says nothing is a time-out", async () => {
    const { createServer } = await import("node:net");
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const options = {
      host: "127.0.0.1",
      port,
      timeoutMs: 50,
      keyHash: new Uint8Array(32),
      nowMs: () => nowMs,
    };
    await expect(connectTls(options)).rejects.toMatchObject({ code: "timeout" });
    silent.close();
  });

  test("a client that says nothing is cut off, and one that leaves is let go", async () => {
    const left = Promise.withResolvers<void>();
    const admit = () => left.resolve;
    const { port } = await listen(testIdentity(nowMs), { admit, handshakeTimeoutMs: 50 });
    const { connect: connectTcp } = await import("node:net");
    const closed = (socket: Socket) => new Promise((resolve) => socket.on("close", resolve).resume());
    await closed(connectTcp(port, "127.0.0.1"));
    await left.promise;
    await closed(connectTcp(port, "127.0.0.1").end());
  });

  test("the relay sees the certificate of a service that shows one", async () => {
    const identity = testIdentity(nowMs);
    const service = testIdentity(nowMs);
    const { port, incoming } = await listen(identity, { askClientCertificate: true });
    const client = await connect(port, identity.keyHash, service);
    expect(client.ownCertificateSent).toBe(true);
    expect((await incoming).transport.peerChain).toEqual(service.certificateChain);
  });

  test("the end reaches the peer after the blocks before it", async () => {
    const identity = testIdentity(nowMs);
    const { port, incoming } = await listen(identity);
    const client = await connect(port, identity.keyHash);
    const { transport: server } = await incoming;
    for (let i = 0; i < 20; i++) client.send(block(i));
    client.close();
    const got: number[] = [];
    const reason = await new Promise<TransportError>((resolve) =>
      server.receive({ block: (received) => got.push(received[0] ?? -1), closed: resolve }),
    );
    expect(got).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(reason.code).toBe("closed");
  });

  test("a peer that does not read is cut off at the bound of the send queue", async () => {
    const identity = testIdentity(nowMs);
    const { port, incoming } = await listen(identity);
    await connect(port, identity.keyHash);
    const { transport: server } = await incoming;
    const reason = ended(server);
    let open = true;
    void reason.then(() => {
      open = false;
    });
    let held = false;
    while (open) {
      held = !server.send(block(1)) || held;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(held).toBe(true);
    expect((await reason).code).toBe("slow-reader");
  });

  test("a sender that waits for drained gets everything through", async () => {
    const identity = testIdentity(nowMs);
    const { port, incoming } = await listen(identity);
    const client = await connect(port, identity.keyHash);
    const { transport: server } = await incoming;
    let sent = 0;
    const count = 300;
    const fill = () => {
      while (sent < count) if (!client.send(block(sent++ % 256))) return;
    };
    client.receive({ block: () => undefined, drained: fill, closed: () => undefined });
    fill();
    expect(await blocks(server, count)).toHaveLength(count);
  });

  test("a relay can turn addresses away before TLS", async () => {
    const identity = testIdentity(nowMs);
    const asked: string[] = [];
    const admit = (address: string) => {
      asked.push(address);
      return false;
    };
    const { port } = await listen(identity, { admit });
    await expect(connect(port, identity.keyHash)).rejects.toBeInstanceOf(TransportError);
    expect(asked).toEqual(["127.0.0.1"]);
  });

  test("a new certificate of the same identity is used from then on, and old connections stay", async () => {
    const identity = testIdentity(nowMs);
    const other = testIdentity(nowMs);
    const { port, incoming } = await listen(identity);
    const client = await connect(port, identity.keyHash);
    listeners[0]?.setCredentials(other);
    const later = await connect(port, other.keyHash);
    expect(later.peerChain).toEqual(other.certificateChain);
    (await incoming).transport.send(block(1));
    expect(await blocks(client, 1)).toEqual([block(1)]);
  });

  test("a client that offers no ALPN is let in without one", async () => {
    const identity = testIdentity(nowMs);
    const { port, incoming } = await listen(identity);
    const { connect: connectAny } = await import("node:tls");
    const socket = connectAny({ host: "127.0.0.1", port, ...strictTls, rejectUnauthorized: false });
    socket.on("error", () => undefined);
    expect((await incoming).transport.alpn).toBeUndefined();
    socket.destroy();
  });

  test("a client that ends within a block is told apart from one that ends between blocks", async () => {
    const identity = testIdentity(nowMs);
    const { port, incoming } = await listen(identity);
    const { connect: connectAny } = await import("node:tls");
    const options = { ...strictTls, ALPNProtocols: ["smp/1"], rejectUnauthorized: false };
    const socket = connectAny({ host: "127.0.0.1", port, ...options });
    socket.end(new Uint8Array(100));
    expect(await ended((await incoming).transport)).toMatchObject({
      code: "block",
      message: "peer closed the connection 100 bytes into a block",
    });
  });

  test("a server that offers other algorithms only is another door", async () => {
    const { createServer } = await import("node:tls");
    const { tlsCredentials } = await import("./pem.ts");
    const identity = testIdentity(nowMs);
    const options = {
      ...tlsCredentials(identity),
      ciphers: "TLS_AES_256_GCM_SHA384",
      ALPNProtocols: ["smp/1"],
    };
    const server = createServer(options);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(connect(port, identity.keyHash)).rejects.toMatchObject({ code: "wrong-door" });
    server.close();
  });
});
