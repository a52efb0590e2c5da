import type { VersionRange } from "../../bytes/index.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { type E2eKeys, type E2eParamsUri, invitationKeys, wipeKeys } from "../../ratchet/ratchet.ts";
import { idLength } from "../../smp/limits.ts";
import type { QueueRequest } from "../../smp/new-queue.ts";
import { senderIdFromCorrelationId } from "../../smp/sender-id.ts";
import type { ConnectionId, CreateAddressOptions, CreatedLink, ProfileId } from "../api.ts";
import { AgentError } from "../errors.ts";
import type { ConnectionRequest, LinkMode } from "../links/connection-request.ts";
import { formatConnectionRequest } from "../links/connection-request-text.ts";
import { chooseRelay } from "../network/choose-relay.ts";
import type { QueueUri } from "../queues/queue-address.ts";
import { newConnection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { TaskContext } from "../tasks/context.ts";
import { clientVersions } from "../versions.ts";
import { createQueue, uriOf } from "./create-queue.ts";
import { keepQueue } from "./keep-queue.ts";
import { createdLink, prepareLink, shortLinkOf } from "./own-link.ts";

interface RatchetParts {
  readonly keys: E2eKeys;
  readonly params: E2eParamsUri;
}

function requestFor(
  agentVersions: VersionRange,
  mode: LinkMode,
  queue: QueueUri,
  clientData: string | undefined,
  ratchet: RatchetParts | undefined,
): ConnectionRequest {
  const data = { scheme: { type: "simplex" }, agentVersions, queues: [queue], clientData } as const;
  if (mode === "contact") return { mode, ...data };
  if (ratchet === undefined) throw new AgentError("INTERNAL", "invitation without ratchet keys");
  return { mode, ...data, ratchet: ratchet.params };
}

/**
 * Creates a queue, and a connection that waits on it for whoever has the link. The post-quantum key, which is
 * long, stands in the data behind the short link; the full link goes without.
 */
export async function createConnection(
  context: TaskContext,
  mode: LinkMode,
  profile: ProfileId,
  { userData, clientData, postQuantum = true, ...link }: CreateAddressOptions,
): Promise<CreatedLink> {
  const { random, agentVersions } = context;
  if (userData === undefined && Object.values(link).some((value) => value !== undefined))
    throw new AgentError("CMD PROHIBITED", "link data without user data");
  const relay = context.transaction((work) => chooseRelay(work.profile(profile).relays, [], random));
  const keys = x25519.generateKeyPair(random);
  const ratchet =
    mode === "invitation" ? invitationKeys(random, postQuantum && userData !== undefined) : undefined;
  const correlationId = random(idLength);
  const senderId = senderIdFromCorrelationId(correlationId);
  const queueMode = mode === "contact" ? "contact" : "messaging";
  const planned = {
    clientVersions,
    relay: relay.relay,
    senderId,
    dhKey: keys.publicKey,
    mode: queueMode,
  } as const;
  const prepared =
    userData === undefined
      ? undefined
      : prepareLink(random, requestFor(agentVersions, mode, planned, clientData, ratchet), senderId, {
          ...link,
          userData,
        });
  const request: QueueRequest = prepared?.request ?? { type: queueMode, link: undefined };
  const created = await createQueue(
    context,
    profile,
    relay,
    request,
    prepared === undefined ? { keys } : { keys, correlationId },
  );
  const connection = await keepQueue(context, profile, created, (work) => {
    // It may have been deleted meanwhile.
    work.profile(profile);
    const credentials =
      prepared === undefined
        ? undefined
        : createdLink(prepared, created.linkId, senderId, created.queue.senderId);
    const id = work.newId<ConnectionId>();
    const kind = mode === "invitation" ? "invitation" : "contact";
    if (ratchet !== undefined) {
      tables.ratchetKeys.put(work.transaction, id, ratchet.keys);
      work.afterwards(() => wipeKeys(ratchet.keys));
    }
    work.follow.queues.add(id);
    return work.put({
      ...newConnection(id, { profile, kind, agentVersion: agentVersions.max, postQuantum }),
      lastQueueId: 1,
      receive: [{ ...created.queue, id: 1, link: credentials }],
    });
  });
  context.subscribed(connection.id, 1, created.client);
  const credentials = connection.receive[0]?.link;
  const full = requestFor(agentVersions, mode, uriOf(created.queue), clientData, withoutKem(ratchet));
  return {
    connection: connection.id,
    fullLink: formatConnectionRequest(full),
    shortLink: credentials === undefined ? undefined : shortLinkOf(mode, created.queue.relay, credentials),
  };
}

function withoutKem(ratchet: RatchetParts | undefined): RatchetParts | undefined {
  return ratchet && { ...ratchet, params: { ...ratchet.params, kem: undefined } };
}
