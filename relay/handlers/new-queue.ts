import { equalBytes } from "../../core/bytes/index.ts";
import { x25519 } from "../../core/crypto/x25519.ts";
import type { Command } from "../../core/smp/command.ts";
import { idLength } from "../../core/smp/limits.ts";
import type { LinkData } from "../../core/smp/link-data.ts";
import type { NotifierKeys } from "../../core/smp/new-queue.ts";
import { senderIdFromCorrelationId } from "../../core/smp/sender-id.ts";
import type { Notifier, QueueRecord } from "../store/store.ts";
import {
  authError,
  type CommandContext,
  failure,
  internalError,
  type Outcome,
  prohibited,
} from "./context.ts";
import { ownLinkData } from "./links.ts";
import { ownKey } from "./own-key.ts";

type NewCommand = Extract<Command, { type: "NEW" }>;

/** How often ids that are taken already are drawn again. */
const attemptsMax = 3;

/** NEW: creates a queue ("Create queue command"). */
export async function createQueue(context: CommandContext, command: NewCommand): Promise<Outcome> {
  const { relay, session } = context;
  if (!relay.newQueues || !relay.passwordMatches(command.basicAuth)) return authError;
  if (session.service !== undefined && command.subscribeMode === "only-create") return prohibited;
  const chosen = chosenIds(command);
  // The id is not the client's to choose: with an id of choice it could find out whether a queue has it.
  if (chosen && !equalBytes(chosen.senderId, senderIdFromCorrelationId(context.correlationId)))
    return prohibited;
  if (!relay.newQueueLimiter.take(session.remoteAddress)) {
    relay.stats.count("commandsRefusedLimit");
    return failure({ type: "QUOTA" });
  }
  const { privateKey, publicKey: rcvDhKey } = x25519.generateKeyPair(relay.random);
  const dhSecret = x25519.sharedSecret(privateKey, command.rcvDhKey);
  const notifier = command.notifier && makeNotifier(context, command.notifier);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const recipientId = relay.random(idLength);
    const senderId = chosen?.senderId.slice() ?? relay.random(idLength);
    const linkId = chosen && (chosen.linkId?.slice() ?? relay.random(idLength));
    const queue: QueueRecord = {
      recipientId,
      senderId,
      recipientKeys: [ownKey(command.rcvAuthKey)],
      dhSecret,
      senderKey: undefined,
      mode: command.request?.type,
      linkId,
      notifier: notifier?.stored,
      status: { type: "active" },
      updatedAt: relay.today(),
      serviceId: session.service?.serviceId,
    };
    if (!(await relay.store.createQueue(queue, chosen?.linkData))) {
      // Drawing again would not help against an id that the client named.
      if (chosen !== undefined) return authError;
      continue;
    }
    relay.stats.count("queuesCreated");
    if (command.subscribeMode === "subscribe") {
      await relay.subscriptions.subscribe(session, recipientId);
      if (queue.serviceId !== undefined) {
        session.serviceCount++;
        await relay.subscriptions.subscribeService(session, queue.serviceId);
      }
    }
    const ids = {
      recipientId,
      senderId,
      rcvDhKey,
      queueMode: queue.mode,
      linkId,
      serviceId: queue.serviceId,
    };
    return { reply: { type: "IDS", ...ids, notifier: notifier?.ids } };
  }
  return internalError;
}

interface ChosenIds {
  readonly senderId: Uint8Array;
  /** Undefined for an invitation, whose link id the relay draws. */
  readonly linkId: Uint8Array | undefined;
  readonly linkData: LinkData;
}

/** The ids that come with link data. */
function chosenIds({ request }: NewCommand): ChosenIds | undefined {
  const link = request?.link;
  if (link === undefined) return undefined;
  return {
    senderId: link.senderId,
    linkId: "linkId" in link ? link.linkId : undefined,
    linkData: ownLinkData(link.linkData),
  };
}

/** Makes the relay's side of notification credentials ("Enable notifications command"). */
export function makeNotifier({ relay }: CommandContext, keys: NotifierKeys) {
  const { privateKey, publicKey: rcvDhKey } = x25519.generateKeyPair(relay.random);
  const notifierId = relay.random(idLength);
  const stored: Notifier = {
    notifierId,
    key: ownKey(keys.authKey),
    dhSecret: x25519.sharedSecret(privateKey, keys.rcvDhKey),
    serviceId: undefined,
  };
  return { stored, ids: { notifierId, rcvDhKey } };
}
