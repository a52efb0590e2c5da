import type { LinkData } from "../../smp/link-data.ts";
import type { ConnectionId } from "../api.ts";
import { AgentError } from "../errors.ts";
import type { LinkMode } from "../links/connection-request.ts";
import { type Connection, withReceiveQueue } from "../state/connection-record.ts";
import type { LinkCredentials, ReceiveQueue } from "../state/queue-records.ts";
import type { TaskContext } from "../tasks/context.ts";
import { uriOf } from "./create-queue.ts";
import type { LinkContent } from "./link-content.ts";
import { changedLinkData, prepareLink, shortLinkOf } from "./own-link.ts";

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

/** Stores data behind the short link of a connection, which a contact address gets if it has none (LSET). */
export async function setLinkData(
  context: TaskContext,
  id: ConnectionId,
  content: LinkContent,
): Promise<string> {
  const { connection, queue, mode } = linkQueue(context, id);
  const { random, agentVersions } = context;
  const { credentials, data } =
    queue.link === undefined
      ? newLink(context, queue, mode, content)
      : {
          credentials: queue.link,
          data: changedLinkData(random, agentVersions, queue.link, mode, content),
        };
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
  content: LinkContent,
): LinkChange {
  if (mode !== "contact") throw new AgentError("CMD PROHIBITED", "invitation was made without a short link");
  const request = {
    mode,
    scheme: { type: "simplex" },
    agentVersions,
    queues: [{ ...uriOf(queue), mode: "contact" as const }],
    clientData: undefined,
  } as const;
  const { credentials, linkData } = prepareLink(random, request, queue.senderId, content);
  return { credentials, data: linkData };
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
