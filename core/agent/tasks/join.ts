import { compatibleVersion, DecodeError, encode, type VersionRange } from "../../bytes/index.ts";
import { e2eParams, e2eParamsOfVersion, joinRatchet, ratchetVersions } from "../../ratchet/ratchet.ts";
import type { ConnectionId } from "../api.ts";
import { createQueue, uriOf } from "../connect/create-queue.ts";
import { keepQueue } from "../connect/keep-queue.ts";
import { newSendQueue } from "../connect/new-send-queue.ts";
import { supportsPostQuantum } from "../connect/post-quantum.ts";
import { secureAsSender } from "../connect/secure-as-sender.ts";
import { AgentError } from "../errors.ts";
import { type ConnectionRequest, type InvitationRequest, queueOf } from "../links/connection-request.ts";
import { parseConnectionRequest } from "../links/connection-request-text.ts";
import { agentMessage } from "../messages/agent-message.ts";
import { chooseRelay } from "../network/choose-relay.ts";
import { type QueueInfo, queueInfoOf } from "../queues/queue-address.ts";
import { startRatchet } from "../ratchet/ratchet-store.ts";
import { relayKey } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { clientVersions } from "../versions.ts";
import type { TaskContext } from "./context.ts";

/** The versions to use with a link. */
export interface AgreedVersions {
  readonly agent: number;
  readonly client: number;
  /** Of the ratchet; undefined for a contact link, which has none. */
  readonly ratchet: number | undefined;
}

/** @throws AgentError `AGENT A_VERSION` when we have no version in common with the maker of the link */
export function agreeOnVersions(request: ConnectionRequest, ours: VersionRange): AgreedVersions {
  const agent = compatibleVersion(request.agentVersions, ours);
  const client = compatibleVersion(queueOf(request).clientVersions, clientVersions);
  const ratchet =
    request.mode === "contact" ? undefined : compatibleVersion(request.ratchet.versions, ratchetVersions);
  if (
    agent === undefined ||
    client === undefined ||
    (request.mode === "invitation" && ratchet === undefined)
  ) {
    throw new AgentError("AGENT A_VERSION", "link is of versions that are not known here");
  }
  return { agent, client, ratchet };
}

/** @throws AgentError `AGENT A_LINK` when the text is not a full link */
export function requestOf(link: string): ConnectionRequest {
  try {
    return parseConnectionRequest(link);
  } catch (error) {
    if (error instanceof DecodeError) throw new AgentError("AGENT A_LINK", error.reason, { cause: error });
    throw error;
  }
}

/** The invitation behind a link. @throws AgentError when it is none */
function invitationOf(link: string): InvitationRequest {
  const request = requestOf(link);
  if (request.mode !== "invitation") throw new AgentError("AGENT A_LINK", "link is not an invitation");
  return request;
}

/**
 * Answers an invitation, "Fast duplex connection procedure": secures its queue if the sender may, creates a queue
 * for the replies, and puts the confirmation, with the ratchet started, into the outbox.
 */
export async function joinTask(
  context: TaskContext,
  id: ConnectionId,
  link: string,
  info: Uint8Array,
): Promise<void> {
  const request = invitationOf(link);
  const versions = agreeOnVersions(request, context.agentVersions);
  const started = context.transaction((work) => withQueueToJoin(work, id, request, versions));
  const [sendQueue] = started.send;
  // The last step, which adds the queue for replies, was taken before.
  if (sendQueue === undefined || started.receive.length > 0) return;
  await secureAsSender(context, started, sendQueue);
  const { profile } = started;
  const relay = context.transaction((work) =>
    chooseRelay(work.profile(profile).relays, [sendQueue.relay], work.random),
  );
  const created = await createQueue(context, profile, relay, { type: "messaging", link: undefined });
  const queueId = await keepQueue(context, profile, created, (work) => {
    const connection = work.get(id);
    const replyId = connection.lastQueueId + 1;
    const queue = { ...created.queue, id: replyId, clientVersion: versions.client };
    const reply = queueInfoOf(uriOf(queue), versions.client);
    confirm(work, { ...connection, lastQueueId: replyId, receive: [queue] }, request, versions, reply, info);
    work.follow.queues.add(id);
    return replyId;
  });
  context.subscribed(id, queueId, created.client);
}

function withQueueToJoin(
  work: Work,
  id: ConnectionId,
  request: InvitationRequest,
  versions: AgreedVersions,
): Connection {
  const connection = work.get(id);
  if (connection.send.length > 0) return connection;
  const info = queueInfoOf(queueOf(request), versions.client);
  const locked = tables.lockedLinks
    .range(work.transaction)
    .find(
      ({ value }) =>
        relayKey(value.relay) === relayKey(info.relay) && sameBytes(value.senderId, info.senderId),
    );
  const queueId = connection.lastQueueId + 1;
  const queue = newSendQueue(work.random, queueId, info, locked?.value.authKey);
  if (locked !== undefined) tables.lockedLinks.delete(work.transaction, locked.key);
  return work.put({ ...connection, lastQueueId: queueId, send: [queue] });
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function confirm(
  work: Work,
  connection: Connection,
  request: InvitationRequest,
  versions: AgreedVersions,
  reply: QueueInfo,
  info: Uint8Array,
): void {
  const ratchetVersion = versions.ratchet ?? ratchetVersions.max;
  const postQuantum = connection.postQuantum && supportsPostQuantum(versions.agent, ratchetVersion);
  const peer = e2eParamsOfVersion(request.ratchet, ratchetVersion);
  const { state, params } = joinRatchet(work.random, peer, postQuantum);
  const agreed = { ...connection, agentVersion: versions.agent, postQuantum, wantsPostQuantum: postQuantum };
  const ready = startRatchet(work, agreed, state);
  work.enqueueItem(ready, {
    kind: "confirmation",
    content: encode(agentMessage, { type: "infoReply", queues: [reply], info }),
    ratchetParams: encode(e2eParams, params),
  });
}
