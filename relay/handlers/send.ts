import type { Command } from "../../core/smp/command.ts";
import { idLength, messageLengthMax } from "../../core/smp/limits.ts";
import { isSecuredMessagingQueue } from "../session/authorize.ts";
import type { QueueRecord, SentMessage } from "../store/store.ts";
import { authError, type CommandContext, failure, type Outcome, ok } from "./context.ts";

/** SEND: stores a message, and delivers it when the recipient waits for it ("Send message"). */
export async function send(
  { relay, version }: CommandContext,
  queue: QueueRecord,
  { flags, body }: Extract<Command, { type: "SEND" }>,
): Promise<Outcome> {
  if (body.length > messageLengthMax(version)) return failure({ type: "LARGE_MSG" });
  if (queue.status.type === "off") return authError;
  if (queue.status.type === "blocked") return failure({ type: "BLOCKED", ...queue.status.info });
  const { store, limits, stats, subscriptions } = relay;
  // The link of an invitation is of no more use once the sender is there.
  if (queue.linkId !== undefined && isSecuredMessagingQueue(queue)) await store.deleteLink(queue);
  const timestamp = relay.nowSeconds();
  if (relay.expireOnSend) {
    stats.count("messagesExpired", await store.expireQueue(queue, timestamp - limits.messageTtlSeconds));
  }
  const id = relay.random(idLength);
  const message: SentMessage = { type: "message", id, timestamp, notify: flags.notification, body };
  const added = await store.addMessage(queue, message, limits.queueQuota);
  if (added.type === "full") {
    stats.count("messagesRefusedQuota");
    return failure({ type: "QUOTA" });
  }
  stats.count("messagesReceived");
  if (added.wasEmpty) await subscriptions.arrived(queue, message);
  if (flags.notification && queue.notifier !== undefined) await subscriptions.notify(queue.notifier, message);
  return ok;
}
