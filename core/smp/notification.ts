import { type Codec, encode, Reader, seconds, shortBytes, struct } from "../bytes/index.ts";
import { secretbox } from "../crypto/box.ts";
import type { MessageId } from "./ids.ts";
import { notificationLength } from "./limits.ts";

/** What NMSG tells the recipient about a message that waits. */
export interface NotificationMeta {
  readonly messageId: MessageId;
  /** When the relay got the message: seconds since the Unix epoch. */
  readonly time: number;
}

export const notificationMeta: Codec<NotificationMeta> = struct<NotificationMeta>({
  messageId: shortBytes,
  time: seconds,
});

/**
 * Encrypts the metadata for the recipient: 144 bytes.
 * @param dhSecret raw X25519 secret of the keys in NKEY and NID: 32 bytes
 * @param nonce 24 bytes, random; goes into NMSG
 */
export function sealNotification(
  dhSecret: Uint8Array,
  nonce: Uint8Array,
  meta: NotificationMeta,
): Uint8Array {
  return secretbox.seal(dhSecret, nonce, encode(notificationMeta, meta), notificationLength);
}

/**
 * Decrypts the metadata in NMSG. What later versions may add to it is ignored.
 * @throws CryptoError when it was not encrypted with this secret and nonce
 * @throws DecodeError when what was encrypted is no such metadata
 */
export function openNotification(
  dhSecret: Uint8Array,
  nonce: Uint8Array,
  encrypted: Uint8Array,
): NotificationMeta {
  return notificationMeta.decode(new Reader(secretbox.open(dhSecret, nonce, encrypted)));
}
