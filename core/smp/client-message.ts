import {
  type Codec,
  decode,
  fixedBytes,
  maybe,
  struct,
  tail,
  union,
  Writer,
  word16,
} from "../bytes/index.ts";
import { boxNonceLength, secretbox } from "../crypto/box.ts";
import { ChunkWriter } from "./chunks.ts";
import type { X25519PublicKey } from "./ids.ts";
import { type AuthKey, authKey, dhKey } from "./keys.ts";
import { confirmationLength, messageLength } from "./limits.ts";
import { sealPadded } from "./padded-chunks.ts";

/** What the recipient has to know to decrypt a message; anybody on the way can read it. */
export interface PublicHeader {
  /** Version of the protocol between SMP clients. */
  readonly version: number;
  /** The sender's key, until the recipient has it. */
  readonly key: X25519PublicKey | undefined;
}

/** What is encrypted together with the message: the key with which the sender wants to secure the queue. */
export type PrivateHeader =
  | { readonly type: "confirmation"; readonly senderKey: AuthKey }
  | { readonly type: "empty" };

/** The body of SEND: encrypted by the sender for the recipient ("Message body"). */
export interface ClientMessageEnvelope {
  readonly header: PublicHeader;
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  readonly encrypted: Uint8Array;
}

/** What the sender says to the recipient. */
export interface ClientMessage {
  readonly header: PrivateHeader;
  /** Message of the layer above. */
  readonly body: Uint8Array;
}

export const publicHeader: Codec<PublicHeader> = struct<PublicHeader>({ version: word16, key: maybe(dhKey) });

export const privateHeader: Codec<PrivateHeader> = union<PrivateHeader>({
  confirmation: { tag: "K", fields: { senderKey: authKey } },
  empty: { tag: "_", fields: {} },
});

export const clientMessageEnvelope: Codec<ClientMessageEnvelope> = struct<ClientMessageEnvelope>({
  header: publicHeader,
  nonce: fixedBytes(boxNonceLength),
  encrypted: tail,
});

export const clientMessage: Codec<ClientMessage> = struct<ClientMessage>({
  header: privateHeader,
  body: tail,
});

/** Length of every envelope, in bytes, with a key in its header or without one and up to 29 bytes less. */
const envelopeLength = messageLength + 64;

/**
 * Encrypts a message for the recipient, padded to 15,904 bytes with a key in the public header, and to
 * 16,000 without.
 * @param dhSecret raw X25519 secret of the sender's and the recipient's key: 32 bytes
 * @param nonce 24 bytes, random
 * @throws CryptoError when the message is too long, or the secret or nonce has a wrong length
 */
export function sealClientMessage(
  header: PublicHeader,
  dhSecret: Uint8Array,
  nonce: Uint8Array,
  message: ClientMessage,
): Uint8Array {
  const paddedLength = header.key === undefined ? messageLength : confirmationLength;
  const content = new ChunkWriter();
  clientMessage.encode(content, message);
  const encrypted = sealPadded(dhSecret, nonce, content.chunks(), paddedLength);
  const writer = new Writer(envelopeLength);
  clientMessageEnvelope.encode(writer, { header, nonce, encrypted });
  return writer.written();
}

/**
 * Decrypts the body of a delivered message.
 * @throws CryptoError when it was not encrypted with this secret
 * @throws DecodeError when what was encrypted is not a client message
 */
export function openClientMessage(
  { nonce, encrypted }: ClientMessageEnvelope,
  dhSecret: Uint8Array,
): ClientMessage {
  return decode(clientMessage, secretbox.open(dhSecret, nonce, encrypted));
}
