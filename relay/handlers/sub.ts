import { idKey } from "../id-key.ts";
import type { QueueRecord } from "../store/store.ts";
import { type CommandContext, failure, type Outcome, prohibited } from "./context.ts";
import { followService } from "./service.ts";

/** SUB: delivers the messages of a queue over this connection from now on ("Subscribe to queue"). */
export async function subscribe(context: CommandContext, queue: QueueRecord): Promise<Outcome> {
  const { relay, session } = context;
  const { subscriptions, limits } = relay;
  const present = session.queues.get(idKey(queue.recipientId));
  if (present?.kind === "get") return prohibited;
  if (present === undefined && session.queues.size >= limits.subscriptionsPerConnectionMax) {
    return failure({ type: "QUOTA" });
  }
  if (present !== undefined) present.delivered = undefined;
  const subscription = present ?? (await subscriptions.subscribe(session, queue.recipientId));
  if (present === undefined) await followService(context, queue);
  const delivery = await subscriptions.first(session, queue, subscription);
  const reply = { type: "SOK", serviceId: session.service?.serviceId } as const;
  return delivery === undefined ? { reply } : { reply, delivery };
}
