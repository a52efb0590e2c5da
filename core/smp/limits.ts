import { since } from "./version.ts";

/** Length of every transport block, in bytes. */
export const blockLength = 16_384;

/** Most transmissions in one block. */
export const batchCountMax = 255;

/** Length of a queue, link, message, service or correlation id that we make, in bytes. */
export const idLength = 24;

/** Length to which the client pads a command for a relay behind a proxy, and the relay its response, in bytes. */
export const proxiedLength = 16_226;

/** Length to which a sender pads a message whose public header has a key, in bytes. */
export const confirmationLength = 15_904;

/** Length to which a sender pads a message whose public header has no key, in bytes. */
export const messageLength = 16_000;

/** Longest message body that a relay of any version stores, in bytes. */
export const storedMessageLengthMax = 16_088;

/** Length to which the relay pads what it delivers to the recipient, whatever the version, in bytes. */
export const deliveredLength = storedMessageLengthMax + 18;

/** Length to which the relay pads the metadata in a notification, in bytes. */
export const notificationLength = 128;

/** Longest body of SEND in a session of this version, in bytes. */
export function messageLengthMax(version: number): number {
  if (version >= since.encryptedBlocks) return 16_048;
  return version >= since.proxy ? 16_064 : storedMessageLengthMax;
}
