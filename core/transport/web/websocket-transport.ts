import type { Cancel, Clock } from "../../clock/clock.ts";
import { TransportError } from "../errors.ts";
import { Inbox } from "../inbox.ts";
import {
  receiveQueueMaxBlocks,
  requireBlock,
  sendQueueHighBytes,
  sendQueueMaxBytes,
  type Transport,
  type TransportHandler,
} from "../transport.ts";
import { blockOfMessage } from "../websocket-frames.ts";

/** What we use of the WebSocket of browsers and Deno. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
}

const stateOpen = 1;
const normalClosure = 1000;
/**
 * There is no event for it, so a full send queue is looked at again and again, at first soon, as most peers are
 * fast, then half as often each time, as a slow peer must not cost more than a fast one.
 */
const drainPollMinMs = 1;
const drainPollMaxMs = 64;

/**
 * Blocks over an open WebSocket of a browser or Deno, of either side. Such a socket can't be told to stop reading:
 * a peer that sends more than fits into the receive queue while its receiver pauses is disconnected.
 */
export class WebSocketTransport implements Transport {
  readonly door = "websocket";
  readonly sessionId = undefined;
  readonly alpn = undefined;
  readonly peerChain: readonly Uint8Array[] = [];
  readonly ownCertificateSent = false;
  readonly #socket: WebSocketLike;
  readonly #clock: Clock;
  readonly #inbox = new Inbox();
  #polling: Cancel | undefined;

  constructor(socket: WebSocketLike, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#take(data));
    socket.addEventListener("close", () =>
      this.#end(new TransportError("closed", "peer closed the connection")),
    );
    socket.addEventListener("error", () => this.#end(new TransportError("network", "connection broke")));
  }

  receive(handler: TransportHandler): void {
    this.#inbox.receive(handler);
  }

  send(block: Uint8Array): boolean {
    requireBlock(block);
    const socket = this.#socket;
    if (this.#inbox.ended || socket.readyState !== stateOpen) return true;
    socket.send(isOnArrayBuffer(block) ? block : new Uint8Array(block));
    if (socket.bufferedAmount > sendQueueMaxBytes) {
      this.close(new TransportError("slow-reader", "peer does not take what it is sent"));
      return true;
    }
    if (this.#polling === undefined && socket.bufferedAmount > sendQueueHighBytes) this.#poll(drainPollMinMs);
    return this.#polling === undefined;
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
  }

  close(reason?: TransportError): void {
    this.#socket.close(normalClosure);
    this.#end(reason ?? new TransportError("closed", "connection is closed"), true);
  }

  #take(data: unknown): void {
    if (this.#inbox.ended) return;
    try {
      this.#inbox.push(blockOfMessage(data));
    } catch (error) {
      if (error instanceof TransportError) this.close(error);
      else throw error;
    }
    if (this.#inbox.length > receiveQueueMaxBlocks) {
      this.close(new TransportError("slow-reader", "more is received than can be worked on"));
    }
  }

  #end(reason: TransportError, discard = false): void {
    this.#polling?.();
    this.#inbox.end(reason, discard);
  }

  #poll(delayMs: number): void {
    this.#polling = this.#clock.after(delayMs, () => {
      this.#polling = undefined;
      if (this.#socket.bufferedAmount > sendQueueHighBytes) this.#poll(Math.min(2 * delayMs, drainPollMaxMs));
      else this.#inbox.drained();
    });
  }
}

function isOnArrayBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
