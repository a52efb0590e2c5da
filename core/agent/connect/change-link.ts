import { boxNonceLength } from "../../crypto/box.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { LinkData } from "../../smp/link-data.ts";
import type { ConnectionId } from "../api.ts";
import { AgentError } from "../errors.ts";
import type { LinkMode } from "../links/connection-request.ts";
import { contactLinkKeys, invitationLinkKey } from "../links/link-keys.ts";
import { sealUserData, signUserData } from "../links/sealed-link-data.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { LinkCredentials, ReceiveQueue } from "../state/queue-records.ts";
import type { TaskContext } from "../tasks/context.ts";
import { linkUserData, prepareLink, shortLinkOf } from "./create-connection.ts";
import { uriOf } from "./create-queue.ts";

interface LinkQueue {
  readonly connection: Connection;
  readonly queue: ReceiveQueue;
  readonly mode: LinkMode;
}

/** The queue whose link is meant. @throws AgentError when the connection has none, or is established already */
function linkQueue(context: TaskContext, id: ConnectionId): LinkQueue {
  const connection = context.transaction((work) => work.get(id));
  const [queue] = connection.receive;
  if (queue === undefined || connection.send.length > 0 || connection.kind === "joined") {
    throw new AgentError("CMD PROHIBITED", "connection has no link of its own");
  }
  return { connection, queue, mode: connection.kind };
}

/** Stores user data behind the short link of a connection, which a contact address gets if it has none (LSET). */
export async function setLinkData(
  context: TaskContext,
  id: ConnectionId,
  userData: Uint8Array,
): Promise<string> {
  const { connection, queue, mode } = linkQueue(context, id);
  const { credentials, data } =
    queue.link === undefined
      ? newLink(context, queue, mode, userData)
      : changedLink(context, queue.link, mode, userData);
  // The keys have to be there before the relay has the data, or nobody could change them again.
  context.transaction((work) => work.put(withReceiveQueue(work.get(id), queue.id, { link: credentials })));
  await context.network.withSession(connection.profile, queue.relay, (client) =>
    client.setLinkData(
      { recipientId: queue.recipientId, privateKey: queue.authKey },
      credentials.linkId,
      data,
    ),
  );
  return shortLinkOf(mode, queue.relay, credentials);
}

interface LinkChange {
  readonly credentials: LinkCredentials;
  readonly data: LinkData;
}

function newLink(
  { random, agentVersions }: TaskContext,
  queue: ReceiveQueue,
  mode: LinkMode,
  userData: Uint8Array,
): LinkChange {
  if (mode !== "contact") throw new AgentError("CMD PROHIBITED", "invitation was made without a short link");
  const uri = { ...uriOf(queue), mode: "contact" as const };
  const request = {
    mode,
    scheme: { type: "simplex" },
    agentVersions,
    queues: [uri],
    clientData: undefined,
  } as const;
  const prepared = prepareLink(random, request, queue.senderId, linkUserData(mode, userData));
  if (prepared.request.link === undefined) throw new AgentError("INTERNAL", "link was not made");
  return { credentials: prepared.credentials, data: prepared.request.link.linkData };
}

function changedLink(
  { random, agentVersions }: TaskContext,
  credentials: LinkCredentials,
  mode: LinkMode,
  userData: Uint8Array,
): LinkChange {
  const key =
    mode === "contact" ? contactLinkKeys(credentials.linkKey).key : invitationLinkKey(credentials.linkKey);
  const signed = signUserData(credentials.signingKey, { agentVersions, data: linkUserData(mode, userData) });
  try {
    return {
      credentials,
      data: { fixedData: credentials.fixedData, userData: sealUserData(key, random(boxNonceLength), signed) },
    };
  } catch (error) {
    if (error instanceof CryptoError) throw new AgentError("CMD LARGE", "link data", { cause: error });
    throw error;
  }
}

/** Takes the short link away (LDEL). */
export async function deleteLinkData(context: TaskContext, id: ConnectionId): Promise<void> {
  const { connection, queue } = linkQueue(context, id);
  if (queue.link === undefined) return;
  await context.network.withSession(connection.profile, queue.relay, (client) =>
    client.deleteLinkData({ recipientId: queue.recipientId, privateKey: queue.authKey }),
  );
  context.transaction((work) => work.put(withReceiveQueue(work.get(id), queue.id, { link: undefined })));
}
