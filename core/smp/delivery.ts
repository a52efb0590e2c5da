import { type Codec, decode, equalBytes, type Reader, seconds, utf8Encode } from "../bytes/index.ts";
import { secretbox } from "../crypto/box.ts";
import { nonceFromBytes } from "../crypto/nonce.ts";
import { ChunkWriter } from "./chunks.ts";
import type { MessageId } from "./ids.ts";
import { deliveredLength } from "./limits.ts";
import { type MessageFlags, messageFlags } from "./message-flags.ts";
import { sealPadded } from "./padded-chunks.ts";
import { readSpace } from "./tagged.ts";

/** What the relay delivers to the recipient of a queue ("Deliver queue message"). */
export type Delivery =
  | {
      readonly type: "message";
      /** When the relay got the message: seconds since the Unix epoch. */
      readonly time: number;
      readonly flags: MessageFlags;
      /** As the sender sent it. */
      readonly body: Uint8Array;
    }
  /** Stands in the queue after the last message that it had room for; `time` as above. */
  | { readonly type: "quota"; readonly time: number };

const quotaMark = utf8Encode("QUOTA ");
const space = 0x20;

export const delivery: Codec<Delivery> = {
  encode(writer, value) {
    if (value.type === "quota") {
      writer.bytes(quotaMark);
      seconds.encode(writer, value.time);
    } else {
      seconds.encode(writer, value.time);
      messageFlags.encode(writer, value.flags);
      writer.byte(space);
      writer.bytes(value.body);
    }
  },
  decode(reader) {
    if (startsWithQuotaMark(reader)) {
      reader.take(quotaMark.length);
      return { type: "quota", time: seconds.decode(reader) };
    }
    const time = seconds.decode(reader);
    const flags = messageFlags.decode(reader);
    readSpace(reader);
    return { type: "message", time, flags, body: reader.rest() };
  },
};

function startsWithQuotaMark({ bytes, offset }: Reader): boolean {
  return equalBytes(bytes.subarray(offset, offset + quotaMark.length), quotaMark);
}

/**
 * Encrypts a delivery for the recipient: the body of MSG, 16,122 bytes. The nonce is the message id, so an id
 * must not be used for two messages of a queue.
 * @param dhSecret raw X25519 secret of the keys in NEW and IDS: 32 bytes
 * @throws EncodeError when the message is longer than any version allows
 */
export function sealDelivery(dhSecret: Uint8Array, messageId: MessageId, value: Delivery): Uint8Array {
  const writer = new ChunkWriter();
  delivery.encode(writer, value);
  return sealPadded(dhSecret, nonceFromBytes(messageId), writer.chunks(), deliveredLength);
}

/**
 * Decrypts the body of MSG.
 * @throws CryptoError when it was not encrypted with this secret and id
 * @throws DecodeError when what was encrypted is no delivery
 */
export function openDelivery(dhSecret: Uint8Array, messageId: MessageId, body: Uint8Array): Delivery {
  return decode(delivery, secretbox.open(dhSecret, nonceFromBytes(messageId), body));
}
