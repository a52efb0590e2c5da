import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Socket,
} from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { freePort } from "../../../relay/testing/port.ts";
import { systemClock } from "../../clock/system.ts";
import type { Connect, Destination } from "../doors.ts";
import { TransportError } from "../errors.ts";
import { testIdentity } from "../testing.ts";
import { blockLength, type Transport } from "../transport.ts";
import { nodeConnect } from "./connect.ts";
import type { SocksProxy } from "./dial.ts";
import { listenTls } from "./tls-server.ts";
import { NodeWebSocketTransport } from "./websocket-transport.ts";

const nowMs = systemClock.nowMs();
const identity = testIdentity(nowMs);
const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

const block = (fill: number): Uint8Array => new Uint8Array(blockLength).fill(fill);

function connectWith(proxy?: SocksProxy): Connect {
  const connect = nodeConnect({
    nowMs: () => nowMs,
    timeoutMs: 30_000,
    ...(proxy === undefined ? {} : { proxy }),
  });
  return async (...args) => {
    const transport = await connect(...args);
    cleanUp.push(() => transport.close(new TransportError("closed", "test is over")));
    return transport;
  };
}

const at = (port: number, name = "127.0.0.1", form: "IPv4" | "domain" | "onion" = "IPv4"): Destination => ({
  hosts: [{ form, name }],
  port: `${port}`,
  keyHash: identity.keyHash,
});

/** A server that upgrades to WebSocket, as a relay's own. */
function webSocketServer(): { http: Server; connection: Promise<Transport> } {
  const http = createHttpServer();
  const webSockets = new WebSocketServer({ server: http, maxPayload: blockLength, perMessageDeflate: false });
  const { promise, resolve } = Promise.withResolvers<Transport>();
  webSockets.on("connection", (socket) => resolve(new NodeWebSocketTransport(socket)));
  cleanUp.push(() => {
    for (const client of webSockets.clients) client.terminate();
    http.close();
  });
  return { http, connection: promise };
}

async function listenHttp(http: Server): Promise<number> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return (http.address() as AddressInfo).port;
}

function nextOf(transport: Transport): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    transport.receive({
      block(received) {
        transport.pause();
        resolve(received);
      },
      closed: reject,
    });
  });
}

const endOf = (transport: Transport): Promise<TransportError> =>
  new Promise((closed) => transport.receive({ block: () => undefined, closed }));

describe("connecting on Node", () => {
  test("one port can serve both doors; the client of the network gets that of the network", async () => {
    const web = webSocketServer();
    const incoming = Promise.withResolvers<Transport>();
    const listener = await listenTls({
      credentials: identity,
      host: "127.0.0.1",
      port: 0,
      onConnection: ({ transport }) => incoming.resolve(transport),
      onHttp: (socket) => web.http.emit("connection", socket),
    });
    cleanUp.push(() => listener.close());
    const strict = await connectWith()(at(listener.port));
    expect(strict.door).toBe("tls");
    expect((await incoming.promise).sessionId).toEqual(strict.sessionId);
  });

  test("a TLS server without smp/1 is spoken to over WebSocket", async () => {
    const { createServer } = await import("node:tls");
    const { tlsCredentials } = await import("./pem.ts");
    const web = webSocketServer();
    const tls = createServer({ ...tlsCredentials(identity), ALPNProtocols: ["http/1.1"] }, (socket) =>
      web.http.emit("connection", socket),
    );
    await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
    cleanUp.push(() => tls.close());
    const client = await connectWith()(at((tls.address() as AddressInfo).port));
    expect(client).toMatchObject({ door: "websocket", sessionId: undefined, peerChain: [] });
    const server = await web.connection;
    client.send(block(1));
    server.send(block(2));
    expect(await nextOf(server)).toEqual(block(1));
    expect(await nextOf(client)).toEqual(block(2));
  });

  test("a server without TLS is spoken to over WebSocket on loopback", async () => {
    const web = webSocketServer();
    const client = await connectWith()(at(await listenHttp(web.http)));
    const server = await web.connection;
    for (let i = 0; i < 10; i++) client.send(block(i));
    client.close();
    const fills: number[] = [];
    const reason = await new Promise<TransportError>((closed) =>
      server.receive({ block: (received) => fills.push(received[0] ?? -1), closed }),
    );
    expect(fills).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(reason.code).toBe("closed");
  });

  test("a web server without WebSocket is a wrong door", async () => {
    const http = createHttpServer((_request, response) => response.end("hello"));
    cleanUp.push(() => http.close());
    const port = await listenHttp(http);
    await expect(connectWith()(at(port))).rejects.toMatchObject({ code: "wrong-door" });
  });

  test.each([
    ["text", "x".repeat(blockLength)],
    ["a message that is too short", block(0).subarray(1)],
    ["a message that is too long", new Uint8Array(blockLength + 1)],
  ])("%s ends a WebSocket connection", async (_what, message) => {
    const web = webSocketServer();
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(`ws://127.0.0.1:${await listenHttp(web.http)}/`);
    cleanUp.push(() => socket.terminate());
    socket.once("open", () => socket.send(message));
    expect((await endOf(await web.connection)).code).toBe("block");
  });

  test("a WebSocket peer that does not read is cut off at the bound", async () => {
    const web = webSocketServer();
    await connectWith()(at(await listenHttp(web.http)));
    const server = await web.connection;
    let reason: TransportError | undefined;
    void endOf(server).then((end) => {
      reason = end;
    });
    while (reason === undefined) {
      server.send(block(1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(reason.code).toBe("slow-reader");
  });

  test("connecting that is given up leaves no connection behind, and no other door is tried", async () => {
    const accepted: Socket[] = [];
    const mute = createTcpServer((socket) => accepted.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    cleanUp.push(() => mute.close());
    const begun = once(mute, "connection");
    const giveUp = new AbortController();
    const connecting = connectWith()(at((mute.address() as AddressInfo).port), undefined, giveUp.signal);
    await begun;
    const [socket] = accepted;
    socket?.resume();
    const closed = socket && once(socket, "close");
    giveUp.abort();
    await expect(connecting).rejects.toMatchObject({ code: "closed" });
    await closed;
    expect(accepted).toHaveLength(1);
  });

  test("a connection ends with its signal, at once and for both sides", async () => {
    const incoming = Promise.withResolvers<Transport>();
    const listener = await listenTls({
      credentials: identity,
      host: "127.0.0.1",
      port: 0,
      onConnection: ({ transport }) => incoming.resolve(transport),
    });
    cleanUp.push(() => listener.close());
    const ending = new AbortController();
    const client = await connectWith()(at(listener.port), undefined, ending.signal);
    const ends = [client, await incoming.promise].map(endOf);
    ending.abort();
    for (const end of ends) expect(["closed", "network"]).toContain((await end).code);
  });

  test("through SOCKS5, the proxy gets the onion host and a user name of its own for each isolation", async () => {
    const listener = await listenTls({
      credentials: identity,
      host: "127.0.0.1",
      port: 0,
      onConnection: ({ transport }) => transport.receive({ block: () => undefined, closed: () => undefined }),
    });
    cleanUp.push(() => listener.close());
    const proxy = await socksProxy(listener.port);
    const connect = connectWith(proxy.address);
    const destination = at(5223, "abc.onion", "onion");
    expect((await connect(destination, "first")).door).toBe("tls");
    await connect(destination, "second");
    expect(proxy.requests).toEqual([
      { user: "first", password: "first", host: "abc.onion", port: 5223 },
      { user: "second", password: "second", host: "abc.onion", port: 5223 },
    ]);
  });

  test("a name none of whose addresses answers is a network failure that says why", async () => {
    const port = await freePort();
    const failed = connectWith()(at(port, "localhost", "domain"));
    await expect(failed).rejects.toMatchObject({
      code: "network",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("a proxy that is not there is a network failure", async () => {
    const port = await freePort();
    const connect = connectWith({ host: "127.0.0.1", port });
    await expect(connect(at(5223, "abc.onion", "onion"))).rejects.toMatchObject({ code: "network" });
  });
});

interface SocksRequest {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
}

/** A SOCKS5 proxy (RFC 1928, RFC 1929) that connects everything to one port here. */
async function socksProxy(target: number): Promise<{ address: SocksProxy; requests: SocksRequest[] }> {
  const requests: SocksRequest[] = [];
  const server = createTcpServer(async (socket) => {
    socket.on("error", () => undefined);
    const read = () => new Promise<Buffer>((resolve) => socket.once("data", resolve));
    await read();
    socket.write(Uint8Array.of(5, 2));
    const login = await read();
    const userEnd = 2 + (login[1] ?? 0);
    socket.write(Uint8Array.of(1, 0));
    const request = await read();
    const hostEnd = 5 + (request[4] ?? 0);
    requests.push({
      user: login.toString("latin1", 2, userEnd),
      password: login.toString("latin1", userEnd + 1),
      host: request.toString("latin1", 5, hostEnd),
      port: request.readUInt16BE(hostEnd),
    });
    const onward = connectTcp(target, "127.0.0.1", () => {
      socket.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => server.close());
  return { address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port }, requests };
}
