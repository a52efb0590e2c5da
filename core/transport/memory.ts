import type { Clock } from "../clock/clock.ts";
import { TransportError } from "./errors.ts";
import { Inbox } from "./inbox.ts";
import {
  blockLength,
  type Door,
  requireBlock,
  sendQueueHighBytes,
  sendQueueMaxBytes,
  type Transport,
  type TransportHandler,
} from "./transport.ts";

/** The way a block goes through a link. */
export type Direction = "to-server" | "to-client";

/** What a link looks like to its two ends, and what goes wrong on it. */
export interface MemoryLinkOptions {
  readonly clock: Clock;
  /** What both ends take for tls-unique; not used on the WebSocket door. */
  readonly sessionId?: Uint8Array;
  readonly door?: Door;
  /** `smp/1` unless said otherwise. */
  readonly alpn?: string | undefined;
  /** DER certificates that the server shows in TLS, leaf first. */
  readonly serverChain?: readonly Uint8Array[];
  /** DER certificates that the client shows in TLS, leaf first. */
  readonly clientChain?: readonly Uint8Array[];
  /** Milliseconds that the next block takes; blocks never overtake each other. Without it they take no time. */
  readonly latencyMs?: () => number;
  /** Sees each block on its way and may change it, or lose it by returning undefined. */
  readonly intercept?: (block: Uint8Array, direction: Direction) => Uint8Array | undefined;
}

/** Two ends of one connection in this process, and the hand that disturbs it. */
export interface MemoryLink {
  readonly client: Transport;
  readonly server: Transport;
  /** Breaks the connection for both ends at once; what is under way is lost. */
  cut(message?: string): void;
  /** Holds blocks of one direction back until told to let them go. */
  stall(direction: Direction, stalled: boolean): void;
}

/** A connection within this process: for tests, the simulator, and a relay beside its client. */
export function memoryLink(options: MemoryLinkOptions): MemoryLink {
  const client = new MemoryTransport(options, "to-server", options.serverChain, options.clientChain);
  const server = new MemoryTransport(options, "to-client", options.clientChain, options.serverChain);
  client.peer = server;
  server.peer = client;
  return {
    client,
    server,
    cut(message = "connection is lost") {
      for (const end of [client, server]) end.break(new TransportError("network", message));
    },
    stall(direction, stalled) {
      (direction === "to-server" ? client : server).stall(stalled);
    },
  };
}

class MemoryTransport implements Transport {
  readonly door: Door;
  readonly sessionId: Uint8Array | undefined;
  readonly alpn: string | undefined;
  readonly peerChain: readonly Uint8Array[];
  readonly ownCertificateSent: boolean;
  peer: MemoryTransport | undefined;

  readonly #options: MemoryLinkOptions;
  readonly #direction: Direction;
  readonly #inbox = new Inbox();
  /** Blocks, and at last the end, that the peer has not taken yet; the first `#arrived` of them could be. */
  readonly #outgoing: (Uint8Array | TransportError)[] = [];
  #arrived = 0;
  #dueMs = 0;
  #stalled = false;
  #asked = false;
  #closed = false;

  constructor(
    options: MemoryLinkOptions,
    direction: Direction,
    peerChain: readonly Uint8Array[] | undefined,
    ownChain: readonly Uint8Array[] | undefined,
  ) {
    this.door = options.door ?? "tls";
    const tls = this.door === "tls";
    this.sessionId = tls ? options.sessionId : undefined;
    this.alpn = tls ? ("alpn" in options ? options.alpn : "smp/1") : undefined;
    this.peerChain = tls ? (peerChain ?? []) : [];
    this.ownCertificateSent = tls && ownChain !== undefined;
    this.#options = options;
    this.#direction = direction;
  }

  receive(handler: TransportHandler): void {
    this.#inbox.receive(handler);
    this.#peerDelivers();
  }

  send(block: Uint8Array): boolean {
    requireBlock(block);
    const { peer } = this;
    if (this.#closed || peer === undefined || peer.#closed) return true;
    const passed = this.#options.intercept?.(block, this.#direction);
    const through = this.#options.intercept === undefined ? block : passed;
    if (through !== undefined) this.#post(through);
    const waiting = this.#outgoing.length * blockLength;
    if (waiting > sendQueueMaxBytes) {
      this.close(new TransportError("slow-reader", "peer does not take what it is sent"));
      return true;
    }
    this.#asked ||= waiting > sendQueueHighBytes;
    return !this.#asked;
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
    this.#peerDelivers();
  }

  close(reason?: TransportError): void {
    if (this.#closed) return;
    this.#closed = true;
    if (reason !== undefined) this.#discard();
    this.#post(new TransportError("closed", "peer closed the connection"));
    const { peer } = this;
    if (peer !== undefined) peer.#unheard();
    this.#inbox.end(reason ?? new TransportError("closed", "connection is closed"), true);
  }

  /** Ends this side without a word to the peer. */
  break(reason: TransportError): void {
    this.#closed = true;
    this.#discard();
    this.#inbox.end(reason, true);
  }

  stall(stalled: boolean): void {
    this.#stalled = stalled;
    this.#deliver();
  }

  /** Puts a block, or the end, on its way: it arrives after what was sent before. */
  #post(item: Uint8Array | TransportError): void {
    this.#outgoing.push(item);
    const arrive = () => {
      this.#arrived = Math.min(this.#arrived + 1, this.#outgoing.length);
      this.#deliver();
    };
    const { latencyMs, clock } = this.#options;
    if (latencyMs === undefined) {
      queueMicrotask(arrive);
      return;
    }
    const nowMs = clock.monotonicMs();
    this.#dueMs = Math.max(this.#dueMs, nowMs + latencyMs());
    clock.after(this.#dueMs - nowMs, arrive);
  }

  #discard(): void {
    this.#outgoing.length = 0;
    this.#arrived = 0;
  }

  /** The peer takes nothing any more: there is nothing to wait for. */
  #unheard(): void {
    this.#discard();
    if (!this.#asked) return;
    this.#asked = false;
    this.#inbox.drained();
  }

  #peerDelivers(): void {
    const { peer } = this;
    if (peer !== undefined) peer.#deliver();
  }

  #deliver(): void {
    const { peer } = this;
    if (peer === undefined) return;
    while (this.#arrived > 0 && !this.#stalled && peer.#inbox.open) {
      const next = this.#outgoing.shift();
      this.#arrived--;
      if (next instanceof TransportError) {
        peer.#closed = true;
        peer.#inbox.end(next);
      } else if (next !== undefined) {
        peer.#inbox.push(next);
      }
    }
    if (this.#asked && this.#outgoing.length * blockLength <= sendQueueHighBytes) {
      this.#asked = false;
      this.#inbox.drained();
    }
  }
}
