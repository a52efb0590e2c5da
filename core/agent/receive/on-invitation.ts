import { compatibleVersion, utf8Encode } from "../../bytes/index.ts";
import { ratchetVersions } from "../../ratchet/ratchet.ts";
import type { RequestId } from "../api.ts";
import { supportsPostQuantum } from "../connect/post-quantum.ts";
import { AgentError } from "../errors.ts";
import type { InvitationRequest } from "../links/connection-request.ts";
import { formatConnectionRequest } from "../links/connection-request-text.ts";
import { relayKey } from "../state/codecs.ts";
import type { Connection } from "../state/connection-record.ts";
import { countRequests, putRequest } from "../state/requests.ts";
import { noteSeen, wasSeen } from "../state/seen-messages.ts";
import type { Work } from "../state/work.ts";

/**
 * Most requests that wait in one profile; beyond it new ones are refused, so that an open address can't fill the store.
 * Counted by profile, so that nobody learns from what one address refuses that another is of the same agent.
 */
const requestsMax = 10_000;

/** Somebody asks to connect by a contact address of ours. @throws AgentError `AGENT A_PROHIBITED` when it is no address */
export function onInvitation(
  work: Work,
  address: Connection,
  request: InvitationRequest,
  info: Uint8Array,
): void {
  if (address.kind !== "contact") throw new AgentError("AGENT A_PROHIBITED", "invitation to a connection");
  if (countRequests(work.transaction, address.profile) >= requestsMax)
    throw new AgentError("AGENT A_PROHIBITED", "too many requests wait");
  const link = formatConnectionRequest(request);
  const linkBytes = utf8Encode(link);
  if (wasSeen(work, address, linkBytes)) {
    work.put(address);
    return;
  }
  const id = work.newId<RequestId>();
  const { profile } = address;
  putRequest(work.transaction, id, { address: address.id, profile, link, info });
  work.put(noteSeen(work, address, linkBytes));
  work.emit({
    type: "request",
    profile,
    connection: address.id,
    request: id,
    info: info.slice(),
    postQuantum: supportsPostQuantum(
      compatibleVersion(request.agentVersions, work.host.agentVersions),
      compatibleVersion(request.ratchet.versions, ratchetVersions),
    ),
    relays: request.queues.map(({ relay }) => relayKey(relay)),
  });
}
