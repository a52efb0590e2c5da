import { base64Encode } from "../../core/bytes/index.ts";
import type { QueueInfo } from "../../core/smp/queue-info.ts";
import { idKey } from "../id-key.ts";
import type { QueueRecord } from "../store/store.ts";
import type { Subscription } from "../subscriptions/subscription.ts";
import { type CommandContext, type Outcome, reply } from "./context.ts";

/** QUE: tells the recipient how the queue is, to find out why messages don't come ("Get queue state"). */
export async function queueInfo({ relay, session }: CommandContext, queue: QueueRecord): Promise<Outcome> {
  const first = await relay.store.firstMessage(queue);
  const info: QueueInfo = {
    hasSenderKey: queue.senderKey !== undefined,
    hasNotifier: queue.notifier !== undefined,
    subscription: subscriptionOf(session.queues.get(idKey(queue.recipientId))),
    size: await relay.store.queueSize(queue),
    message: first && { id: base64Encode(first.id), time: first.timestamp, type: first.type },
  };
  return reply({ type: "INFO", info });
}

function subscriptionOf(subscription: Subscription | undefined): QueueInfo["subscription"] {
  if (subscription === undefined) return undefined;
  const { kind, delivered, pending } = subscription;
  return {
    state: kind === "get" ? "prohibitSub" : pending ? "subPending" : "noSub",
    deliveredId: delivered && base64Encode(delivered),
  };
}
