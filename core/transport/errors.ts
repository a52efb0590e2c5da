/**
 * Why a connection could not be made, or ended:
 * - `closed`: the peer closed it, or we did
 * - `network`: the name does not resolve, the connection is refused or breaks
 * - `timeout`: the peer did not answer in time
 * - `slow-reader`: the peer does not take what we send
 * - `block`: the peer sent something that is not a block of 16,384 bytes, or does not decode or decrypt
 * - `wrong-door`: something answers, but as another server would: no common algorithm, another ALPN, no WebSocket
 * - `identity`: the peer's certificate is not the pinned one
 * - `certificate`: the peer's certificate chain is malformed, expired or wrongly signed
 * - `session-id`: the session id in the handshake is not that of the TLS session
 * - `version`: no protocol version in common, or one that this door does not allow
 * - `handshake`: the peer refused our handshake, or its own is not signed as it must be
 */
export type TransportErrorCode =
  | "closed"
  | "network"
  | "timeout"
  | "slow-reader"
  | "block"
  | "wrong-door"
  | "identity"
  | "certificate"
  | "session-id"
  | "version"
  | "handshake";

const retryableCodes: ReadonlySet<TransportErrorCode> = new Set([
  "closed",
  "network",
  "timeout",
  "slow-reader",
  "block",
]);

/** A connection failed or ended; `code` says which way. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether trying again, later, can help without anybody changing a setting. */
  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }
}

/** Whoever wanted a connection does not want it any more. */
export function givenUp(): TransportError {
  return new TransportError("closed", "connecting was given up");
}
