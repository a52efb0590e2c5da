import { equalBytes } from "../../core/bytes/index.ts";
import type { QueueRecord } from "../store/store.ts";
import { type CommandContext, failure, internalError, type Outcome, reply } from "./context.ts";

/**
 * A queue was subscribed to over a connection: from now on the service of that connection receives from it,
 * or none ("Service certificates").
 */
export async function followService({ relay, session }: CommandContext, queue: QueueRecord): Promise<void> {
  const serviceId = session.service?.serviceId;
  const { serviceId: present } = queue;
  if (serviceId === undefined) {
    if (present !== undefined) await relay.store.setQueueService(queue, undefined);
    return;
  }
  const isKnown = present !== undefined && equalBytes(present, serviceId);
  if (!isKnown) await relay.store.setQueueService(queue, serviceId);
  if (!session.serviceSubscribed || !isKnown) session.serviceCount++;
  await relay.subscriptions.subscribeService(session, serviceId);
}

/** SUBS: all queues of a service are received over this connection from now on; with their number. */
export async function subscribeServiceQueues({ relay, session }: CommandContext): Promise<Outcome> {
  const serviceId = session.service?.serviceId;
  if (serviceId === undefined) return internalError;
  if (!session.serviceSubscribed) {
    const recipientIds = await relay.store.serviceQueues(serviceId);
    if (recipientIds.length > relay.limits.subscriptionsPerConnectionMax) return failure({ type: "QUOTA" });
    await relay.subscriptions.subscribeService(session, serviceId);
    session.serviceCount = recipientIds.length;
    session.serviceSubscribed = true;
    await relay.subscriptions.subscribeQueues(session, recipientIds);
    relay.defer(() => session.deliverWaiting());
  }
  return reply({ type: "SOKS", count: session.serviceCount });
}
