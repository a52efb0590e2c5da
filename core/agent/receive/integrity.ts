import { equalBytes } from "../../bytes/index.ts";
import { sha256 } from "../../crypto/hash.ts";
import type { Integrity, MessageId } from "../api.ts";

/** Some agents give a number to their message with new ratchet keys, which is not received as one: its hash. */
const ratchetKeyHash = sha256(Uint8Array.of(0x52));

/** Where the chain of received messages stands. */
export interface ChainEnd {
  readonly receivedId: MessageId;
  readonly receivedHash: Uint8Array;
}

/** What the number of a message, and the hash in it of the message before, say. */
export function checkIntegrity(
  { receivedId, receivedHash }: ChainEnd,
  sharedId: MessageId,
  previousHash: Uint8Array,
): Integrity {
  if (sharedId < receivedId) return { type: "badId", previous: receivedId };
  if (sharedId === receivedId) return { type: "duplicate" };
  if (equalBytes(previousHash, ratchetKeyHash)) return { type: "ok" };
  if (sharedId > receivedId + 1) return { type: "skipped", from: receivedId + 1, to: sharedId - 1 };
  return equalBytes(previousHash, receivedHash) ? { type: "ok" } : { type: "badHash" };
}
