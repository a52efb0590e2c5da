import type { Socket } from "node:net";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { BlockAssembler } from "../assembler.ts";
import { TransportError } from "../errors.ts";
import { Inbox } from "../inbox.ts";
import {
  requireBlock,
  sendQueueHighBytes,
  sendQueueMaxBytes,
  type Transport,
  type TransportHandler,
} from "../transport.ts";

/** What a TLS session has told us by the end of its handshake. */
export interface TlsSession {
  /** tls-unique: the client's Finished message. */
  readonly sessionId: Uint8Array;
  readonly alpn: string | undefined;
  readonly peerChain: readonly Uint8Array[];
  readonly ownCertificateSent: boolean;
}

/** How long a closed connection may take to deliver what has been sent, in milliseconds. */
const lingerMs = 5_000;

/** Blocks over an established TLS socket, of either side; or over what a TLS terminator in front passes on. */
export class TlsTransport implements Transport {
  readonly door = "tls";
  readonly sessionId: Uint8Array;
  readonly alpn: string | undefined;
  readonly peerChain: readonly Uint8Array[];
  readonly ownCertificateSent: boolean;
  readonly #socket: Socket;
  readonly #inbox = new Inbox();
  readonly #assembler = new BlockAssembler();
  #full = false;

  constructor(socket: Socket, session: TlsSession) {
    this.#socket = socket;
    this.sessionId = session.sessionId;
    this.alpn = session.alpn;
    this.peerChain = session.peerChain;
    this.ownCertificateSent = session.ownCertificateSent;
    socket.pause();
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("drain", () => this.#drained());
    socket.on("end", () => this.#ended());
    socket.on("error", (error: Error) => {
      this.#inbox.end(new TransportError("network", `connection broke: ${error.message}`, { cause: error }));
    });
    socket.on("close", () => this.#ended());
    socket.pause();
  }

  receive(handler: TransportHandler): void {
    this.#inbox.receive(handler);
    this.#followInbox();
  }

  send(block: Uint8Array): boolean {
    requireBlock(block);
    const socket = this.#socket;
    if (!socket.writable) return true;
    socket.write(block);
    if (socket.writableLength > sendQueueMaxBytes) {
      this.close(new TransportError("slow-reader", "peer does not take what it is sent"));
      return true;
    }
    this.#full ||= socket.writableLength > sendQueueHighBytes;
    return !this.#full;
  }

  pause(): void {
    this.#inbox.pause();
    this.#socket.pause();
  }

  resume(): void {
    this.#inbox.resume();
    this.#followInbox();
  }

  close(reason?: TransportError): void {
    if (reason === undefined) this.#finish();
    else this.#socket.destroy();
    this.#inbox.end(reason ?? new TransportError("closed", "connection is closed"), true);
  }

  /**
   * Sends what is queued and then the end. What still comes in is read and dropped: closing a socket that has
   * unread input resets the connection, and what we sent would be lost.
   */
  #finish(): void {
    const socket = this.#socket;
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    timer.unref();
    socket.once("close", () => clearTimeout(timer));
    socket.end();
    socket.resume();
  }

  #take(chunk: Uint8Array): void {
    // A plain view: the methods of Node's Buffer differ from those of Uint8Array.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#assembler.push(bytes, (block) => this.#inbox.push(block));
    if (!this.#inbox.ended) this.#followInbox();
  }

  /** Reads from the socket only while blocks can be delivered. */
  #followInbox(): void {
    if (!this.#inbox.open) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #drained(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#inbox.drained();
  }

  #ended(): void {
    const reason =
      this.#assembler.pending > 0
        ? new TransportError(
            "block",
            `peer closed the connection ${this.#assembler.pending} bytes into a block`,
          )
        : new TransportError("closed", "peer closed the connection");
    this.#inbox.end(reason);
    this.#socket.destroySoon();
  }
}

/**
 * The DER certificates that the peer of a TLS session showed, leaf first; empty when it showed none.
 * Node links each certificate to its issuer, and a self-signed one to itself.
 */
export function peerChainOf(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  const seen = new Set<PeerCertificate>();
  let certificate: PeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && !seen.has(certificate)) {
    seen.add(certificate);
    chain.push(new Uint8Array(certificate.raw));
    certificate =
      "issuerCertificate" in certificate ? (certificate.issuerCertificate as PeerCertificate) : undefined;
  }
  return chain;
}
