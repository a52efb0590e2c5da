import type { TransportError } from "./errors.ts";

/** Every protocol block has this length in bytes. Specification: "Transport connection with the SMP router". */
export const blockLength = 16_384;

/** @throws RangeError for what is not a block: a defect of ours */
export function requireBlock(block: Uint8Array): void {
  if (block.length === blockLength) return;
  throw new RangeError(`cannot send block: ${block.length} bytes are not ${blockLength}`);
}

/** Bytes that may wait to be sent before `send` asks to hold back: 4 blocks. */
export const sendQueueHighBytes = 4 * blockLength;

/** Bytes that may wait to be sent before the peer counts as a slow reader and is disconnected: 64 blocks. */
export const sendQueueMaxBytes = 64 * blockLength;

/** Blocks that may wait for a receiver that paused, on doors that can't hold the peer back. */
export const receiveQueueMaxBlocks = 64;

/** Which of the doors of a relay a connection goes through. */
export type Door = "tls" | "websocket";

/** Who gets what a transport receives; calls come one at a time, and none after `closed`. */
export interface TransportHandler {
  /** A whole block of 16,384 bytes. The memory is the receiver's: to keep, to view, to decrypt in place. */
  block(block: Uint8Array): void;
  /** The send queue is short again after `send` returned false. */
  drained?(): void;
  /** Nothing more comes. Each handler is told once, even one that is named after the end. */
  closed(reason: TransportError): void;
}

/**
 * One connection that carries blocks both ways, in order. The same interface on both sides.
 *
 * Nothing is received until `receive` names a handler, so no block is lost between the parts of a session;
 * `receive` may be called again (by the session, after the handshake) and takes over with the next block.
 */
export interface Transport {
  readonly door: Door;
  /**
   * tls-unique, the client's Finished message (RFC 5929, section 3); undefined on the WebSocket door, where the
   * session id is the one that the server's handshake gives.
   */
  readonly sessionId: Uint8Array | undefined;
  /** The protocol agreed on by ALPN, if any. */
  readonly alpn: string | undefined;
  /** DER certificates of the peer, leaf first; empty when TLS ends elsewhere or the peer showed none. */
  readonly peerChain: readonly Uint8Array[];
  /** Whether we showed a client certificate in TLS that the peer asked for. */
  readonly ownCertificateSent: boolean;

  /** Delivers blocks to `handler` from now on; if the connection has ended, tells it so once blocks are delivered. */
  receive(handler: TransportHandler): void;
  /**
   * Sends a block of 16,384 bytes, whose memory must not change any more. After the end it does nothing.
   * @returns false when the sender should wait for `drained`; one that does not is cut off at its bound. After the
   *   end there is nothing to wait for.
   */
  send(block: Uint8Array): boolean;
  /** Stops delivery, and reading where the door can, so that the peer has to wait. */
  pause(): void;
  resume(): void;
  /** Ends the connection; without a reason, what has been sent is still delivered. */
  close(reason?: TransportError): void;
}
