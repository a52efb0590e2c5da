import type { VersionRange } from "../../bytes/index.ts";
import { boxNonceLength } from "../../crypto/box.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { Random } from "../../crypto/random.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { type E2eKeys, type E2eParamsUri, invitationKeys, wipeKeys } from "../../ratchet/ratchet.ts";
import { idLength } from "../../smp/limits.ts";
import type { QueueRequest } from "../../smp/new-queue.ts";
import { senderIdFromCorrelationId } from "../../smp/sender-id.ts";
import type { ConnectionId, CreatedLink, CreateOptions, ProfileId } from "../api.ts";
import { AgentError } from "../errors.ts";
import type { ConnectionRequest, LinkMode } from "../links/connection-request.ts";
import { formatConnectionRequest } from "../links/connection-request-text.ts";
import type { UserLinkData } from "../links/link-data.ts";
import { contactLinkKeys, invitationLinkKey } from "../links/link-keys.ts";
import { sealFixedData, sealUserData, signFixedData, signUserData } from "../links/sealed-link-data.ts";
import { formatShortLink } from "../links/short-link.ts";
import { chooseRelay } from "../network/choose-relay.ts";
import type { QueueUri } from "../queues/queue-address.ts";
import { newConnection } from "../state/connection-record.ts";
import type { LinkCredentials } from "../state/queue-records.ts";
import { tables } from "../state/tables.ts";
import type { TaskContext } from "../tasks/context.ts";
import { clientVersions } from "../versions.ts";
import { createQueue, uriOf } from "./create-queue.ts";

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

/** Link data for a queue that is yet to be created, and what is needed to change them later. */
interface PreparedLink {
  readonly request: QueueRequest;
  readonly credentials: LinkCredentials;
}

/** Signs and encrypts link data. @throws AgentError `CMD LARGE` when the user data are too long */
export function prepareLink(
  random: Random,
  request: ConnectionRequest,
  senderId: Uint8Array,
  userData: UserLinkData,
): PreparedLink {
  const { agentVersions } = request;
  const root = ed25519.generateKeyPair(random);
  const fixed = signFixedData(root.privateKey, {
    agentVersions,
    rootKey: root.publicKey,
    request,
    entityId: undefined,
  });
  const user = signUserData(root.privateKey, { agentVersions, data: userData });
  const { linkId, key } =
    request.mode === "contact"
      ? contactLinkKeys(fixed.linkKey)
      : { linkId: undefined, key: invitationLinkKey(fixed.linkKey) };
  const linkData = sealBoth(random, key, fixed.signed, user);
  const credentials = {
    linkId: linkId ?? new Uint8Array(0),
    linkKey: fixed.linkKey,
    signingKey: root.privateKey,
    fixedData: linkData.fixedData,
  };
  if (linkId === undefined)
    return { request: { type: "messaging", link: { senderId, linkData } }, credentials };
  return { request: { type: "contact", link: { linkId, senderId, linkData } }, credentials };
}

function sealBoth(random: Random, key: Uint8Array, fixed: Uint8Array, user: Uint8Array) {
  try {
    return {
      fixedData: sealFixedData(key, random(boxNonceLength), fixed),
      userData: sealUserData(key, random(boxNonceLength), user),
    };
  } catch (error) {
    if (error instanceof CryptoError) throw new AgentError("CMD LARGE", "link data", { cause: error });
    throw error;
  }
}

/** The user data of a link, as its kind has them. */
export function linkUserData(mode: LinkMode, userData: Uint8Array): UserLinkData {
  return mode === "invitation"
    ? { mode, userData }
    : { mode, direct: true, owners: [], relays: [], userData };
}

/**
 * Creates a queue, and a connection that waits on it for whoever has the link. The post-quantum key, which is
 * long, stands in the data behind the short link; the full link goes without.
 */
export async function createConnection(
  context: TaskContext,
  mode: LinkMode,
  profile: ProfileId,
  { userData, clientData, postQuantum = true }: CreateOptions,
): Promise<CreatedLink> {
  const { random, agentVersions } = context;
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
      : prepareLink(
          random,
          requestFor(agentVersions, mode, planned, clientData, ratchet),
          senderId,
          linkUserData(mode, userData),
        );
  const request: QueueRequest = prepared?.request ?? { type: queueMode, link: undefined };
  const created = await createQueue(
    context,
    profile,
    relay,
    request,
    prepared === undefined ? { keys } : { keys, correlationId },
  );
  const link =
    prepared === undefined
      ? undefined
      : createdLink(prepared, created.linkId, senderId, created.queue.senderId);
  const connection = context.transaction((work) => {
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
      receive: [{ ...created.queue, id: 1, link }],
    });
  });
  context.subscribed(connection.id, 1, created.client);
  const full = requestFor(agentVersions, mode, uriOf(created.queue), clientData, withoutKem(ratchet));
  return {
    connection: connection.id,
    fullLink: formatConnectionRequest(full),
    shortLink: link === undefined ? undefined : shortLinkOf(mode, created.queue.relay, link),
  };
}

function withoutKem(ratchet: RatchetParts | undefined): RatchetParts | undefined {
  return ratchet && { ...ratchet, params: { ...ratchet.params, kem: undefined } };
}

/** A relay that is too old has no short links; one that gives other ids than due is not to be trusted. */
function createdLink(
  { credentials }: PreparedLink,
  linkId: Uint8Array | undefined,
  due: Uint8Array,
  senderId: Uint8Array,
): LinkCredentials | undefined {
  if (linkId === undefined) return undefined;
  const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (!same(due, senderId) || (credentials.linkId.length > 0 && !same(credentials.linkId, linkId))) {
    throw new AgentError("AGENT A_LINK", "relay created the link under another id");
  }
  return { ...credentials, linkId };
}

/** The short link of a queue of ours, by way of its relay's host. */
export function shortLinkOf(
  mode: LinkMode,
  relay: QueueUri["relay"],
  { linkId, linkKey }: LinkCredentials,
): string {
  return formatShortLink(
    mode === "invitation"
      ? { type: mode, scheme: "https", relay, linkId, linkKey }
      : { type: "contact", scheme: "https", relay, linkKey },
  );
}
