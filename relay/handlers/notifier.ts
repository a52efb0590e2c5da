import { equalBytes } from "../../core/bytes/index.ts";
import type { Command } from "../../core/smp/command.ts";
import type { Notifier, QueueRecord } from "../store/store.ts";
import { authError, type CommandContext, internalError, type Outcome, ok, reply } from "./context.ts";
import { makeNotifier } from "./new-queue.ts";

/** How often ids that are taken already are drawn again. */
const attemptsMax = 3;

/** NKEY: gives the queue a notifier in place of the one it had ("Enable notifications command"). */
export async function setNotifier(
  context: CommandContext,
  queue: QueueRecord,
  command: Extract<Command, { type: "NKEY" }>,
): Promise<Outcome> {
  const { relay, session } = context;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { stored, ids } = makeNotifier(context, command);
    if (!(await relay.store.setNotifier(queue, stored))) continue;
    if (queue.notifier !== undefined) await relay.subscriptions.notifierDeleted(session, queue.notifier);
    return reply({ type: "NID", ...ids });
  }
  return internalError;
}

/** NDEL: removes the notifier of a queue ("Disable notifications command"). */
export async function deleteNotifier(
  { relay, session }: CommandContext,
  queue: QueueRecord,
): Promise<Outcome> {
  if (queue.notifier === undefined) return ok;
  await relay.store.deleteNotifier(queue);
  await relay.subscriptions.notifierDeleted(session, queue.notifier);
  return ok;
}

/**
 * NSUB: notifications of a queue go out over this connection from now on ("Subscribe to queue
 * notifications"); when a service asks, the notifier belongs to the service from then on.
 */
export async function subscribeNotifier(context: CommandContext, queue: QueueRecord): Promise<Outcome> {
  const { notifier } = queue;
  if (notifier === undefined) return authError;
  const serviceId = context.session.service?.serviceId;
  if (serviceId === undefined) await subscribeAlone(context, queue, notifier);
  else await subscribeForService(context, queue, notifier, serviceId);
  await context.relay.subscriptions.pushNotifier(context.session, notifier.notifierId);
  return reply({ type: "SOK", serviceId });
}

async function subscribeAlone(
  { relay, session }: CommandContext,
  queue: QueueRecord,
  notifier: Notifier,
): Promise<void> {
  const { subscriptions, store } = relay;
  if (notifier.serviceId !== undefined) {
    await store.setNotifierService(queue, undefined);
    subscriptions.leaveService(session, notifier, { type: "END" });
  }
  await subscriptions.subscribeNotifier(session, notifier);
}

async function subscribeForService(
  { relay, session }: CommandContext,
  queue: QueueRecord,
  notifier: Notifier,
  serviceId: Uint8Array,
): Promise<void> {
  const { subscriptions, store } = relay;
  const isKnown = notifier.serviceId !== undefined && equalBytes(notifier.serviceId, serviceId);
  if (!isKnown) {
    await store.setNotifierService(queue, serviceId);
    subscriptions.leaveNotifier(notifier.notifierId);
    subscriptions.leaveService(session, notifier, { type: "END" });
  }
  if (!isKnown || session.serviceCount === 0) session.serviceCount++;
  await subscriptions.subscribeService(session, serviceId);
}

/** NSUBS: all notifications of a service go out over this connection from now on; with their number. */
export async function subscribeServiceNotifiers({ relay, session }: CommandContext): Promise<Outcome> {
  const serviceId = session.service?.serviceId;
  if (serviceId === undefined) return internalError;
  if (!session.serviceSubscribed) {
    session.serviceCount = (await relay.store.serviceNotifiers(serviceId)).length;
    session.serviceSubscribed = true;
    await relay.subscriptions.subscribeService(session, serviceId);
    await relay.subscriptions.pushNotifications(session);
  }
  return reply({ type: "SOKS", count: session.serviceCount });
}
