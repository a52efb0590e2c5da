import { sha3_384 } from "../crypto/hash.ts";
import type { CorrelationId, SenderId } from "./ids.ts";
import { idLength } from "./limits.ts";

/**
 * The sender id of a queue that is created with link data: 24 bytes. The client has to know it before the
 * queue is there, and the relay must refuse another one, as else ids could be tried out; since version 15.
 */
export function senderIdFromCorrelationId(correlationId: CorrelationId): SenderId {
  return sha3_384(correlationId).slice(0, idLength);
}
