import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual.ts";
import type { TransportError } from "../errors.ts";
import { blockLength, receiveQueueMaxBlocks, sendQueueHighBytes, sendQueueMaxBytes } from "../transport.ts";
import { webConnect } from "./connect.ts";
import { connectWebSocket } from "./websocket-client.ts";
import { type WebSocketLike, WebSocketTransport } from "./websocket-transport.ts";

/** A WebSocket as platforms have it, worked by the test. */
class FakeSocket implements WebSocketLike {
  binaryType = "blob";
  readyState = 1;
  bufferedAmount = 0;
  closedWith: number | undefined;
  readonly sent: Uint8Array[] = [];
  readonly #listeners = new Map<string, ((event: { readonly data: unknown }) => void)[]>();

  send(data: Uint8Array): void {
    this.sent.push(data);
    this.bufferedAmount += data.length;
  }

  close(code?: number): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  fire(type: string, data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}

const block = (fill: number): Uint8Array<ArrayBuffer> => new Uint8Array(blockLength).fill(fill);

function open() {
  const clock = new VirtualClock();
  const socket = new FakeSocket();
  const transport = new WebSocketTransport(socket, clock);
  const got: number[] = [];
  const state: { reason?: TransportError; drained: number } = { drained: 0 };
  const listen = () =>
    transport.receive({
      block: (received) => got.push(received[0] ?? -1),
      drained() {
        state.drained++;
      },
      closed(reason) {
        state.reason = reason;
      },
    });
  return { clock, socket, transport, got, state, listen };
}

describe("a WebSocket of the web platform", () => {
  test("carries one block a binary message, both ways", () => {
    const { socket, transport, got, listen } = open();
    listen();
    expect(socket.binaryType).toBe("arraybuffer");
    socket.fire("message", block(7).buffer);
    expect(got).toEqual([7]);
    expect(transport.send(block(8))).toBe(true);
    expect(socket.sent).toEqual([block(8)]);
  });

  test.each([["text"], [new ArrayBuffer(blockLength - 1)], [new ArrayBuffer(0)], [{}]])(
    "ends when a message is no block: %o",
    (data) => {
      const { socket, state, listen } = open();
      listen();
      socket.fire("message", data);
      expect(state.reason?.code).toBe("block");
      expect(socket.closedWith).toBe(1000);
    },
  );

  test("keeps what comes while its receiver pauses, up to its bound", () => {
    const { socket, transport, got, state, listen } = open();
    listen();
    transport.pause();
    for (let i = 0; i < receiveQueueMaxBlocks; i++) socket.fire("message", block(i).buffer);
    expect(got).toEqual([]);
    transport.resume();
    expect(got).toHaveLength(receiveQueueMaxBlocks);
    transport.pause();
    for (let i = 0; i <= receiveQueueMaxBlocks; i++) socket.fire("message", block(i).buffer);
    transport.resume();
    expect(state.reason?.code).toBe("slow-reader");
  });

  test("tells the sender to wait, and when it can go on", async () => {
    const { clock, socket, transport, state, listen } = open();
    listen();
    while (socket.bufferedAmount <= sendQueueHighBytes - blockLength)
      expect(transport.send(block(1))).toBe(true);
    expect(transport.send(block(1))).toBe(false);
    await clock.advance(100);
    expect(state.drained).toBe(0);
    socket.bufferedAmount = 0;
    await clock.advance(100);
    expect(state.drained).toBe(1);
    expect(transport.send(block(1))).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test("cuts a peer off that does not take what it is sent", () => {
    const { socket, transport, state, listen } = open();
    listen();
    socket.bufferedAmount = sendQueueMaxBytes;
    transport.send(block(1));
    expect(state.reason?.code).toBe("slow-reader");
  });

  test("says once why it ended", () => {
    const { socket, state, listen } = open();
    socket.fire("error");
    socket.fire("close");
    listen();
    expect(state.reason?.code).toBe("network");
  });
});

describe("connecting with the platform's WebSocket", () => {
  function connect(host: string, secure: boolean) {
    const clock = new VirtualClock();
    const socket = new FakeSocket();
    const urls: string[] = [];
    const result = connectWebSocket({
      host,
      port: 443,
      secure,
      timeoutMs: 1000,
      clock,
      open(url) {
        urls.push(url);
        return socket;
      },
    });
    return { clock, socket, urls, result };
  }

  test("goes to the root of the host, an IPv6 address in brackets", async () => {
    const { socket, urls, result } = connect("::1", true);
    socket.fire("open");
    expect((await result).door).toBe("websocket");
    expect(urls).toEqual(["wss://[::1]:443/"]);
  });

  test("goes without TLS to loopback only", async () => {
    await expect(connect("relay.test", false).result).rejects.toMatchObject({ code: "wrong-door" });
    const { socket, urls, result } = connect("localhost", false);
    socket.fire("open");
    await result;
    expect(urls).toEqual(["ws://localhost:443/"]);
  });

  test("fails when the platform can't connect, or not in time", async () => {
    const { socket, result } = connect("relay.test", true);
    socket.fire("error");
    await expect(result).rejects.toMatchObject({ code: "wrong-door" });
    const slow = connect("relay.test", true);
    const failed = expect(slow.result).rejects.toMatchObject({ code: "timeout", retryable: true });
    await slow.clock.advance(1000);
    await failed;
    expect(slow.socket.readyState).toBe(3);
  });

  test("finds the WebSocket door of a relay by its address", async () => {
    const urls: string[] = [];
    const connect = webConnect({
      clock: new VirtualClock(),
      open(url) {
        urls.push(url);
        const socket = new FakeSocket();
        queueMicrotask(() => socket.fire(url.startsWith("ws:") ? "open" : "error"));
        return socket;
      },
    });
    const hosts = [{ form: "domain", name: "localhost" }] as const;
    const transport = await connect({ hosts, port: "8080", keyHash: new Uint8Array(32) });
    expect(transport.door).toBe("websocket");
    expect(urls).toEqual(["wss://localhost:8080/", "ws://localhost:8080/"]);
  });
});
