import { equalBytes } from "../../core/bytes/index.ts";
import type { Command } from "../../core/smp/command.ts";
import { deliveryOf } from "../deliver.ts";
import { idKey } from "../id-key.ts";
import type { QueueRecord } from "../store/store.ts";
import { type CommandContext, failure, type Outcome, ok, reply } from "./context.ts";

/** ACK: deletes the message that was delivered; the next one is the reply ("Acknowledge message delivery"). */
export async function acknowledge(
  { relay, session }: CommandContext,
  queue: QueueRecord,
  { messageId }: Extract<Command, { type: "ACK" }>,
): Promise<Outcome> {
  const subscription = session.queues.get(idKey(queue.recipientId));
  const delivered = subscription?.delivered;
  if (subscription === undefined || delivered === undefined) return failure({ type: "NO_MSG" });
  // Clients of the first versions send no id.
  if (messageId.length > 0 && !equalBytes(messageId, delivered)) return failure({ type: "NO_MSG" });
  subscription.delivered = undefined;
  const { deleted, next } = await relay.store.acknowledge(queue, delivered);
  if (deleted) relay.stats.count("messagesAcknowledged");
  // While the store worked, the next message may have been sent, and delivered.
  if (next === undefined || subscription.kind === "get" || subscription.delivered !== undefined) return ok;
  subscription.delivered = next.id;
  return reply(deliveryOf(queue, next));
}
