import { type Codec, decode, encode, shortBytes, struct, tail, word16 } from "../bytes/index.ts";
import { secretbox } from "../crypto/box.ts";
import { nonceFromBytes, reverseNonce } from "../crypto/nonce.ts";
import type { Chunks } from "./chunks.ts";
import type { CorrelationId, X25519PublicKey } from "./ids.ts";
import { dhKey } from "./keys.ts";
import { proxiedLength } from "./limits.ts";
import { sealPadded } from "./padded-chunks.ts";

/** What a proxy hands on to a relay, encrypted between the two ("Forward command to destination"). */
export interface ForwardedCommand {
  /** Of the client's PFWD. */
  readonly correlationId: CorrelationId;
  readonly version: number;
  /** The client's key for this command. */
  readonly key: X25519PublicKey;
  /** What `sealProxied` made. */
  readonly encrypted: Uint8Array;
}

/** What a relay answers to a proxy, encrypted between the two. */
export interface ForwardedResponse {
  /** Of the client's PFWD. */
  readonly correlationId: CorrelationId;
  /** What `sealProxiedResponse` made. */
  readonly encrypted: Uint8Array;
}

export const forwardedCommand: Codec<ForwardedCommand> = struct<ForwardedCommand>({
  correlationId: shortBytes,
  version: word16,
  key: dhKey,
  encrypted: tail,
});

export const forwardedResponse: Codec<ForwardedResponse> = struct<ForwardedResponse>({
  correlationId: shortBytes,
  encrypted: tail,
});

/**
 * Client: encrypts a batch of one command for the relay behind a proxy: 16,242 bytes, for PFWD.
 * @param secret raw X25519 secret of the client's key for this command and the relay's session key: 32 bytes
 * @param correlationId of the command and of PFWD; it is the nonce: 24 bytes
 * @throws EncodeError when the batch is too long
 */
export function sealProxied(secret: Uint8Array, correlationId: CorrelationId, batch: Chunks): Uint8Array {
  return sealPadded(secret, nonceFromBytes(correlationId), batch, proxiedLength);
}

/** Relay: the batch that `sealProxied` encrypted. @throws CryptoError when it was not encrypted so */
export function openProxied(
  secret: Uint8Array,
  correlationId: CorrelationId,
  encrypted: Uint8Array,
): Uint8Array {
  return secretbox.open(secret, nonceFromBytes(correlationId), encrypted);
}

/** Relay: encrypts a batch of one response for the client. @throws EncodeError when the batch is too long */
export function sealProxiedResponse(
  secret: Uint8Array,
  correlationId: CorrelationId,
  batch: Chunks,
): Uint8Array {
  return sealPadded(secret, responseNonce(correlationId), batch, proxiedLength);
}

/** Client: the batch in PRES. @throws CryptoError when it was not encrypted for this command */
export function openProxiedResponse(
  secret: Uint8Array,
  correlationId: CorrelationId,
  encrypted: Uint8Array,
): Uint8Array {
  return secretbox.open(secret, responseNonce(correlationId), encrypted);
}

/**
 * Proxy: encrypts a client's command for the relay, for RFWD.
 * @param secret raw X25519 secret of the session keys of proxy and relay: 32 bytes
 * @param correlationId of RFWD; it is the nonce: 24 bytes
 */
export function sealForwarded(
  secret: Uint8Array,
  correlationId: CorrelationId,
  command: ForwardedCommand,
): Uint8Array {
  return secretbox.sealNoPad(secret, nonceFromBytes(correlationId), encode(forwardedCommand, command));
}

/**
 * Relay: the command in RFWD.
 * @throws CryptoError when it was not encrypted so
 * @throws DecodeError when what was encrypted is not a command
 */
export function openForwarded(
  secret: Uint8Array,
  correlationId: CorrelationId,
  encrypted: Uint8Array,
): ForwardedCommand {
  return decode(forwardedCommand, secretbox.openNoPad(secret, nonceFromBytes(correlationId), encrypted));
}

/** Relay: encrypts its answer for the proxy, for RRES. */
export function sealForwardedResponse(
  secret: Uint8Array,
  correlationId: CorrelationId,
  response: ForwardedResponse,
): Uint8Array {
  return secretbox.sealNoPad(secret, responseNonce(correlationId), encode(forwardedResponse, response));
}

/** Proxy: the answer in RRES. @throws CryptoError and DecodeError as `openForwarded` */
export function openForwardedResponse(
  secret: Uint8Array,
  correlationId: CorrelationId,
  encrypted: Uint8Array,
): ForwardedResponse {
  return decode(forwardedResponse, secretbox.openNoPad(secret, responseNonce(correlationId), encrypted));
}

/** Answers are encrypted with the same secret, so they need another nonce. */
function responseNonce(correlationId: CorrelationId): Uint8Array {
  return reverseNonce(nonceFromBytes(correlationId));
}
