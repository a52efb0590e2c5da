import type { WebSocket } from "ws";
import { TransportError } from "../errors.ts";
import { Inbox } from "../inbox.ts";
import {
  requireBlock,
  sendQueueHighBytes,
  sendQueueMaxBytes,
  type Transport,
  type TransportHandler,
} from "../transport.ts";
import { blockOfMessage } from "../websocket-frames.ts";

/** Close codes of RFC 6455, section 7.4. */
const normalClosure = 1000;

const binary = { binary: true, compress: false };

/** Blocks over an open WebSocket of the `ws` package, of either side. */
export class NodeWebSocketTransport implements Transport {
  readonly door = "websocket";
  readonly sessionId = undefined;
  readonly alpn = undefined;
  readonly peerChain: readonly Uint8Array[] = [];
  readonly ownCertificateSent = false;
  readonly #socket: WebSocket;
  readonly #inbox = new Inbox();
  #full = false;
  readonly #written = () => this.#drained();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.pause();
    socket.on("message", (data, isBinary) => this.#take(isBinary ? data : undefined));
    socket.on("close", () => this.#inbox.end(new TransportError("closed", "peer closed the connection")));
    socket.on("error", (error: Error) => {
      const code = "code" in error && String(error.code).startsWith("WS_ERR_") ? "block" : "network";
      this.#inbox.end(new TransportError(code, `connection broke: ${error.message}`, { cause: error }));
    });
  }

  receive(handler: TransportHandler): void {
    this.#inbox.receive(handler);
    this.#followInbox();
  }

  send(block: Uint8Array): boolean {
    requireBlock(block);
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return true;
    socket.send(block, binary, this.#written);
    if (socket.bufferedAmount > sendQueueMaxBytes) {
      this.close(new TransportError("slow-reader", "peer does not take what it is sent"));
      return true;
    }
    this.#full ||= socket.bufferedAmount > sendQueueHighBytes;
    return !this.#full;
  }

  pause(): void {
    this.#inbox.pause();
    this.#followInbox();
  }

  resume(): void {
    this.#inbox.resume();
    this.#followInbox();
  }

  close(reason?: TransportError): void {
    if (reason === undefined) {
      this.#socket.resume();
      this.#socket.close(normalClosure);
    } else {
      this.#socket.terminate();
    }
    this.#inbox.end(reason ?? new TransportError("closed", "connection is closed"), true);
  }

  #take(data: unknown): void {
    if (this.#inbox.ended) return;
    try {
      this.#inbox.push(blockOfMessage(data));
    } catch (error) {
      if (error instanceof TransportError) this.close(error);
      else throw error;
    }
    this.#followInbox();
  }

  /** Reads from the socket only while blocks can be delivered. */
  #followInbox(): void {
    if (this.#inbox.ended) return;
    if (this.#inbox.open) this.#socket.resume();
    else this.#socket.pause();
  }

  #drained(): void {
    if (!this.#full || this.#socket.bufferedAmount > sendQueueHighBytes) return;
    this.#full = false;
    this.#inbox.drained();
  }
}
