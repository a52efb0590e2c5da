import { DecodeError, equalBytes } from "../../bytes/index.ts";
import { generateKeyPair, publicKeyOf } from "../../crypto/keys.ts";
import type { RelayAddress } from "../../smp/address.ts";
import type { LinkAnswer } from "../../smp/client/queues.ts";
import type { ConnectionId, ProfileId, ResolvedLink } from "../api.ts";
import { AgentError } from "../errors.ts";
import { type ConnectionRequest, queueOf } from "../links/connection-request.ts";
import { formatConnectionRequest } from "../links/connection-request-text.ts";
import { contactLinkKeys, invitationLinkKey } from "../links/link-keys.ts";
import { type PresetRelays, restoreShortLink } from "../links/preset-relays.ts";
import { openLinkData, openOwnFixedData } from "../links/sealed-link-data.ts";
import { formatShortLink, parseShortLink, type ShortLink } from "../links/short-link.ts";
import { sendRouted } from "../network/send-route.ts";
import { sameQueue } from "../queues/queue-address.ts";
import { relayKey } from "../state/codecs.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import type { TaskContext } from "../tasks/context.ts";
import { requestOf } from "../tasks/join.ts";

/** Whether a link is a full one: it has its queue in it. */
export function isFullLink(link: string): boolean {
  return /^(simplex:|https:\/\/[^/]*)\/(invitation|contact)\/?#/.test(link);
}

/** What is behind a link. Of a full link, what stands in it. */
export async function resolveLink(
  context: TaskContext,
  profile: ProfileId,
  link: string,
  presets: PresetRelays,
): Promise<ResolvedLink> {
  if (isFullLink(link)) return resolved(context, requestOf(link));
  const short = restoreShortLink(shortLinkIn(link), presets);
  const own = ownInvitation(context, short);
  if (own !== undefined) return resolved(context, own);
  const { key, answer } =
    short.type === "invitation"
      ? await lockedData(context, profile, short)
      : await contactData(context, profile, short);
  const { fixed, user } = openLinkData(short.linkKey, key, answer.linkData);
  const queue = queueOf(fixed.request);
  if (!equalBytes(queue.senderId, answer.senderId) || !sharesHost(short.relay, queue.relay)) {
    throw new AgentError("AGENT A_LINK", "link data are of another queue");
  }
  const request = {
    ...fixed.request,
    queues: [{ ...queue, relay: short.relay }, ...fixed.request.queues.slice(1)],
  };
  const data = user.data;
  return {
    ...resolved(context, request),
    userData: data.userData.slice(),
    direct: data.mode === "invitation" || data.direct,
    relays: data.mode === "invitation" ? [] : data.relays.map(formatShortLink),
    entityId: fixed.entityId?.slice(),
    rootKey: fixed.rootKey.slice(),
    owners:
      data.mode === "invitation"
        ? []
        : data.owners.map(({ id, key, signature }) => ({
            id: id.slice(),
            key: key.slice(),
            signature: signature.slice(),
          })),
  };
}

function shortLinkIn(link: string): ShortLink {
  try {
    return parseShortLink(link);
  } catch (error) {
    if (error instanceof DecodeError) throw new AgentError("AGENT A_LINK", error.reason, { cause: error });
    throw error;
  }
}

function resolved(context: TaskContext, request: ConnectionRequest): ResolvedLink {
  return {
    kind: request.mode,
    fullLink: formatConnectionRequest(request),
    own: context.transaction((work) => ownConnection(work, request)),
    userData: undefined,
    direct: true,
    relays: [],
    entityId: undefined,
    rootKey: undefined,
    owners: [],
  };
}

function ownConnection(work: Work, request: ConnectionRequest): ConnectionId | undefined {
  const name = queueOf(request);
  const found = tables.connections
    .range(work.transaction)
    .find(({ value }) => value.receive.some((queue) => sameQueue(queue, name)));
  return found?.key;
}

/** An invitation of ours that nobody used yet is not to be opened at its relay: that would lock it to ourselves. */
function ownInvitation(context: TaskContext, { type, linkKey }: ShortLink): ConnectionRequest | undefined {
  if (type !== "invitation") return undefined;
  const connections = context.transaction((work) => tables.connections.range(work.transaction));
  const link = connections
    .flatMap(({ value }) => value.receive)
    .find((queue) => queue.link !== undefined && equalBytes(queue.link.linkKey, linkKey))?.link;
  return link && openOwnFixedData(invitationLinkKey(linkKey), link.fixedData).request;
}

function sharesHost(a: RelayAddress, b: RelayAddress): boolean {
  const [first] = a.hosts;
  return first !== undefined && b.hosts.some(({ name }) => name === first.name);
}

interface LinkContent {
  readonly key: Uint8Array;
  readonly answer: LinkAnswer;
}

async function contactData(context: TaskContext, profile: ProfileId, short: ShortLink): Promise<LinkContent> {
  const { linkId, key } = contactLinkKeys(short.linkKey);
  const route = routeFor(context, profile);
  const { answer } = await sendRouted(route, short.relay, {
    directly: (client) => client.getLink(linkId),
    throughProxy: (client, session) => client.getLinkThroughProxy(session, linkId),
  });
  return { key, answer };
}

/** The key with which the link is locked is stored first: only with it can we come back, and join. */
async function lockedData(
  context: TaskContext,
  profile: ProfileId,
  short: Extract<ShortLink, { type: "invitation" }>,
): Promise<LinkContent> {
  const name = { relay: relayKey(short.relay), linkId: short.linkId };
  const locked = context.transaction((work) => {
    const known = tables.lockedLinks.get(work.transaction, name);
    if (known !== undefined && equalBytes(known.linkKey, short.linkKey)) return known;
    const { privateKey } = generateKeyPair("Ed25519", work.random);
    const made = { relay: short.relay, linkKey: short.linkKey, authKey: privateKey, senderId: undefined };
    tables.lockedLinks.put(work.transaction, name, made);
    return made;
  });
  const { authKey } = locked;
  const publicKey = publicKeyOf(authKey);
  const route = routeFor(context, profile);
  const { answer } = await sendRouted(route, short.relay, {
    directly: (client) => client.secureLink(short.linkId, authKey, publicKey),
    throughProxy: (client, session) =>
      client.secureLinkThroughProxy(session, short.linkId, authKey, publicKey),
  });
  context.transaction((work) =>
    tables.lockedLinks.put(work.transaction, name, { ...locked, senderId: answer.senderId.slice() }),
  );
  return { key: invitationLinkKey(short.linkKey), answer };
}

function routeFor(context: TaskContext, profile: ProfileId) {
  const { network, random } = context;
  return { network, random, profile, settings: context.transaction((work) => work.profile(profile)) };
}
