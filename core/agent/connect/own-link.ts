import { EncodeError, equalBytes, type VersionRange } from "../../bytes/index.ts";
import { boxNonceLength } from "../../crypto/box.ts";
import { ed25519 } from "../../crypto/ed25519.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { Random } from "../../crypto/random.ts";
import type { LinkData } from "../../smp/link-data.ts";
import type { QueueRequest } from "../../smp/new-queue.ts";
import { AgentError } from "../errors.ts";
import type { ConnectionRequest, LinkMode } from "../links/connection-request.ts";
import { contactLinkKeys, invitationLinkKey } from "../links/link-keys.ts";
import {
  openOwnFixedData,
  sealFixedData,
  sealUserData,
  signFixedData,
  signUserData,
} from "../links/sealed-link-data.ts";
import { formatShortLink } from "../links/short-link.ts";
import type { QueueUri } from "../queues/queue-address.ts";
import type { LinkCredentials } from "../state/queue-records.ts";
import { type LinkContent, linkUserData, requireEntityId } from "./link-content.ts";

/** Link data for a queue that is yet to be created, and what is needed to change them later. */
export interface PreparedLink {
  readonly request: QueueRequest;
  readonly linkData: LinkData;
  readonly credentials: LinkCredentials;
}

/** Signs and encrypts the data of a new link. @throws AgentError as `linkUserData`; `CMD LARGE` when they don't fit */
export function prepareLink(
  random: Random,
  request: ConnectionRequest,
  senderId: Uint8Array,
  content: LinkContent,
): PreparedLink {
  const { agentVersions, mode } = request;
  const root = ed25519.generateKeyPair(random);
  const entityId = requireEntityId(content.entityId);
  if (mode === "invitation" && entityId !== undefined)
    throw new AgentError("CMD PROHIBITED", "invitation with an entity id");
  const data = linkUserData(mode, root.privateKey, content);
  return fitting(() => {
    const fixed = signFixedData(root.privateKey, {
      agentVersions,
      rootKey: root.publicKey,
      request,
      entityId,
    });
    const user = signUserData(root.privateKey, { agentVersions, data });
    const { linkId, key } =
      mode === "contact"
        ? contactLinkKeys(fixed.linkKey)
        : { linkId: undefined, key: invitationLinkKey(fixed.linkKey) };
    const linkData = {
      fixedData: sealFixedData(key, random(boxNonceLength), fixed.signed),
      userData: sealUserData(key, random(boxNonceLength), user),
    };
    const credentials = {
      linkId: linkId ?? new Uint8Array(0),
      linkKey: fixed.linkKey,
      signingKey: root.privateKey,
      fixedData: linkData.fixedData,
    };
    const queueRequest: QueueRequest =
      linkId === undefined
        ? { type: "messaging", link: { senderId, linkData } }
        : { type: "contact", link: { linkId, senderId, linkData } };
    return { request: queueRequest, linkData, credentials };
  });
}

/** The data of a link of ours with other content. @throws AgentError as `prepareLink`; `CMD PROHIBITED` for another entity id */
export function changedLinkData(
  random: Random,
  agentVersions: VersionRange,
  { linkKey, signingKey, fixedData }: LinkCredentials,
  mode: LinkMode,
  content: LinkContent,
): LinkData {
  const key = mode === "contact" ? contactLinkKeys(linkKey).key : invitationLinkKey(linkKey);
  const entityId = requireEntityId(content.entityId);
  const known = openOwnFixedData(key, fixedData).entityId;
  if (entityId !== undefined && (known === undefined || !equalBytes(entityId, known)))
    throw new AgentError("CMD PROHIBITED", "entity id of a link can't be changed");
  const data = linkUserData(mode, signingKey, content);
  return fitting(() => ({
    fixedData,
    userData: sealUserData(key, random(boxNonceLength), signUserData(signingKey, { agentVersions, data })),
  }));
}

/** @throws AgentError `CMD LARGE` when something is too long for its encoding, or for the padding */
function fitting<T>(seal: () => T): T {
  try {
    return seal();
  } catch (error) {
    if (error instanceof CryptoError || error instanceof EncodeError)
      throw new AgentError("CMD LARGE", "link data", { cause: error });
    throw error;
  }
}

/** A relay that is too old has no short links; one that gives other ids than due is not to be trusted. */
export function createdLink(
  { credentials }: PreparedLink,
  linkId: Uint8Array | undefined,
  due: Uint8Array,
  senderId: Uint8Array,
): LinkCredentials | undefined {
  if (linkId === undefined) return undefined;
  if (
    !equalBytes(due, senderId) ||
    (credentials.linkId.length > 0 && !equalBytes(credentials.linkId, linkId))
  ) {
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
