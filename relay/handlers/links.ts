import { equalBytes } from "../../core/bytes/index.ts";
import type { Command } from "../../core/smp/command.ts";
import { isContactQueue, isSecuredMessagingQueue } from "../session/authorize.ts";
import type { QueueRecord } from "../store/store.ts";
import { authError, type CommandContext, type Outcome, ok, reply } from "./context.ts";
import { secureQueue } from "./keys.ts";

/** LSET: sets the data behind the short link of a queue; its fixed part only once ("Short links"). */
export async function setLink(
  { relay }: CommandContext,
  queue: QueueRecord,
  { linkId, linkData }: Extract<Command, { type: "LSET" }>,
): Promise<Outcome> {
  if (isSecuredMessagingQueue(queue)) return authError;
  if (queue.linkId !== undefined && !equalBytes(queue.linkId, linkId)) return authError;
  return (await relay.store.setLink(queue, linkId, ownLinkData(linkData))) ? ok : authError;
}

/** LDEL: deletes the data behind the short link of a queue. */
export async function deleteLink({ relay }: CommandContext, queue: QueueRecord): Promise<Outcome> {
  if (queue.linkId !== undefined) await relay.store.deleteLink(queue);
  return ok;
}

/** LKEY: whoever has the link of an invitation secures its queue, and gets the link data. */
export async function secureByLink(
  context: CommandContext,
  queue: QueueRecord,
  { key }: Extract<Command, { type: "LKEY" }>,
): Promise<Outcome> {
  if (queue.mode !== "messaging" || !(await secureQueue(context, queue, key))) return authError;
  return linkData(context, queue);
}

/** LGET: whoever has the link of a contact address gets the link data. */
export async function getLink(context: CommandContext, queue: QueueRecord): Promise<Outcome> {
  return isContactQueue(queue) ? linkData(context, queue) : authError;
}

async function linkData({ relay }: CommandContext, queue: QueueRecord): Promise<Outcome> {
  const data = await relay.store.linkData(queue);
  return data === undefined ? authError : reply({ type: "LNK", senderId: queue.senderId, linkData: data });
}

/** Link data that no longer holds on to the block it came in. */
export function ownLinkData({ fixedData, userData }: { fixedData: Uint8Array; userData: Uint8Array }) {
  return { fixedData: fixedData.slice(), userData: userData.slice() };
}
