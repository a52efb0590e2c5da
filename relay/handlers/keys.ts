import type { Command } from "../../core/smp/command.ts";
import type { AuthKey } from "../../core/smp/keys.ts";
import type { QueueRecord } from "../store/store.ts";
import { authError, type CommandContext, type Outcome, ok } from "./context.ts";
import { ownKey } from "./own-key.ts";

/** Gives the queue its sender's key, once; true if that is its key. */
export async function secureQueue(
  { relay }: CommandContext,
  queue: QueueRecord,
  key: AuthKey,
): Promise<boolean> {
  const isNew = queue.senderKey === undefined;
  const secured = await relay.store.secureQueue(queue, ownKey(key));
  if (secured && isNew) relay.stats.count("queuesSecured");
  return secured;
}

/** KEY: the recipient sets the sender's key ("Secure queue by recipient"). */
export async function setSenderKey(
  context: CommandContext,
  queue: QueueRecord,
  { key }: Extract<Command, { type: "KEY" }>,
): Promise<Outcome> {
  return (await secureQueue(context, queue, key)) ? ok : authError;
}

/** SKEY: the sender sets its own key ("Secure queue by sender"); not in contact queues. */
export async function setOwnSenderKey(
  context: CommandContext,
  queue: QueueRecord,
  { key }: Extract<Command, { type: "SKEY" }>,
): Promise<Outcome> {
  if (queue.mode !== "messaging") return authError;
  return (await secureQueue(context, queue, key)) ? ok : authError;
}

/** RKEY: replaces the keys of the recipients of a contact queue. */
export async function setRecipientKeys(
  { relay }: CommandContext,
  queue: QueueRecord,
  { keys }: Extract<Command, { type: "RKEY" }>,
): Promise<Outcome> {
  if (queue.mode !== "contact") return authError;
  await relay.store.setRecipientKeys(queue, keys.map(ownKey));
  return ok;
}
