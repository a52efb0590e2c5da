import { encode } from "../../bytes/index.ts";
import type { ConfirmationId, ConnectionId } from "../api.ts";
import { newSendQueue } from "../connect/new-send-queue.ts";
import { secureAsSender } from "../connect/secure-as-sender.ts";
import { AgentError } from "../errors.ts";
import { agentMessage } from "../messages/agent-message.ts";
import { withReceiveQueue } from "../state/connection-record.ts";
import type { Confirmation } from "../state/records.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import { clientVersions } from "../versions.ts";
import type { TaskContext } from "./context.ts";

/** Goes on with the peer that answered: secures the queues of both directions, and confirms the peer's. */
export async function allowTask(
  context: TaskContext,
  id: ConnectionId,
  confirmationId: ConfirmationId,
  info: Uint8Array,
): Promise<void> {
  const confirmation = context.transaction((work) =>
    tables.confirmations.get(work.transaction, confirmationId),
  );
  if (confirmation === undefined) return;
  await secureOwn(context, id, confirmation);
  const connection = context.transaction((work) => withReplyQueue(work, id, confirmation));
  const [queue] = connection.send;
  if (queue === undefined) return;
  await secureAsSender(context, connection, queue);
  context.transaction((work) => {
    // It may have been allowed twice: the peer is told once.
    if (tables.confirmations.get(work.transaction, confirmationId) === undefined) return;
    tables.confirmations.delete(work.transaction, confirmationId);
    work.enqueueItem(work.get(id), {
      kind: "confirmation",
      content: encode(agentMessage, { type: "info", info }),
      ratchetParams: undefined,
    });
  });
}

/** When the sender could not secure our queue, we do it with the key it sent. */
async function secureOwn(context: TaskContext, id: ConnectionId, { senderKey }: Confirmation): Promise<void> {
  const { receive, profile } = context.transaction((work) => work.get(id));
  const [queue] = receive;
  if (senderKey === undefined || queue === undefined || queue.status !== "confirmed") return;
  await context.network.withSession(profile, queue.relay, (client) =>
    client.secureQueue({ recipientId: queue.recipientId, privateKey: queue.authKey }, senderKey),
  );
  context.transaction((work) => work.put(withReceiveQueue(work.get(id), queue.id, { status: "secured" })));
}

function withReplyQueue(work: Work, id: ConnectionId, { replyQueues: [info] }: Confirmation) {
  const connection = work.get(id);
  if (connection.send.length > 0 || info === undefined) return connection;
  if (info.clientVersion > clientVersions.max)
    throw new AgentError("AGENT A_VERSION", `client version ${info.clientVersion}`);
  const queueId = connection.lastQueueId + 1;
  return work.put({ ...connection, lastQueueId: queueId, send: [newSendQueue(work.random, queueId, info)] });
}
