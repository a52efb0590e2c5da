import { deliveryOf } from "../deliver.ts";
import { idKey } from "../id-key.ts";
import type { QueueRecord } from "../store/store.ts";
import { type CommandContext, failure, type Outcome, ok, prohibited, reply } from "./context.ts";

/** GET: the first message of a queue, without a subscription ("Receive a message from the queue"). */
export async function get({ relay, session }: CommandContext, queue: QueueRecord): Promise<Outcome> {
  const id = idKey(queue.recipientId);
  const present = session.queues.get(id);
  if (present?.kind === "subscribed") return prohibited;
  if (present === undefined && session.queues.size >= relay.limits.subscriptionsPerConnectionMax) {
    return failure({ type: "QUOTA" });
  }
  const subscription = present ?? { kind: "get" as const, delivered: undefined, pending: false };
  session.queues.set(id, subscription);
  subscription.delivered = undefined;
  const message = await relay.store.firstMessage(queue);
  if (message === undefined) return ok;
  subscription.delivered = message.id;
  return reply(deliveryOf(queue, message));
}
