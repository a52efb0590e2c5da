import { equalBytes } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import type { Integrity, MessageId } from "../api.ts";

/** Some agents give a number to their message with new ratchet keys, which is not received as one: its hash. */
const ratchetKeyHash = sha256(Uint8Array.of(0x52));

/** What is known of the messages received before. */
export interface ReceivedChain {
  /** The highest number, and the hash of that message. */
  readonly receivedId: MessageId;
  readonly receivedHash: Uint8Array;
  /** The hash of a message that was received, as long as it is remembered. */
  hashOf(sharedId: MessageId): Uint8Array | undefined;
}

/**
 * What the number of a message, and the hash in it of the message before, say. A message that had its number when
 * the ratchet was started anew comes after the one that tells of the new ratchet: late, but not wrong.
 */
export function checkIntegrity(
  { receivedId, receivedHash, hashOf }: ReceivedChain,
  sharedId: MessageId,
  previousHash: Uint8Array,
): Integrity {
  if (sharedId === receivedId) return { type: "duplicate" };
  if (sharedId < receivedId) {
    const previous = sharedId > 0 ? hashOf(sharedId - 1) : undefined;
    const isLate =
      hashOf(sharedId) === undefined && previous !== undefined && equalBytes(previousHash, previous);
    return isLate ? { type: "ok" } : { type: "badId", previous: receivedId };
  }
  if (equalBytes(previousHash, ratchetKeyHash)) return { type: "ok" };
  if (sharedId > receivedId + 1) return { type: "skipped", from: receivedId + 1, to: sharedId - 1 };
  return equalBytes(previousHash, receivedHash) ? { type: "ok" } : { type: "badHash" };
}
