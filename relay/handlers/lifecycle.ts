import type { QueueRecord } from "../store/store.ts";
import { type CommandContext, type Outcome, ok } from "./context.ts";

/** OFF: nothing more can be sent to the queue ("Suspend queue"). */
export async function suspendQueue({ relay }: CommandContext, queue: QueueRecord): Promise<Outcome> {
  if (queue.status.type !== "off") await relay.store.setStatus(queue, { type: "off" });
  return ok;
}

/** DEL: deletes the queue with all its messages, before the reply is sent ("Delete queue"). */
export async function deleteQueue({ relay, session }: CommandContext, queue: QueueRecord): Promise<Outcome> {
  await relay.store.deleteQueue(queue);
  await relay.subscriptions.deleted(session, queue);
  relay.stats.count("queuesDeleted");
  return ok;
}
