import type { ConnectionId } from "../api.ts";
import { suspendQueue } from "../connect/end-queue.ts";
import { AgentError } from "../errors.ts";
import type { Connection } from "../state/connection-record.ts";
import type { Work } from "../state/work.ts";
import type { TaskContext } from "../tasks/context.ts";
import { forEachQueue } from "../tasks/for-each-queue.ts";

/**
 * From now on no relay is to take messages for a connection; this is stored together with the task to tell them.
 * @throws AgentError `CMD PROHIBITED` when it has no queue yet: the one that is being made would take messages
 */
export function suspend(work: Work, id: ConnectionId): void {
  const connection = work.get(id);
  if (connection.receive.length === 0) throw new AgentError("CMD PROHIBITED", "connection has no queue yet");
  work.put({ ...connection, suspended: true });
  work.addTask(id, { type: "suspend" });
}

/**
 * Nothing that the peer would have to answer can be begun in a suspended connection, and a new queue would take
 * messages again. @throws AgentError `CMD PROHIBITED`
 */
export function requireNotSuspended({ suspended }: Connection): void {
  if (suspended) throw new AgentError("CMD PROHIBITED", "connection is suspended");
}

/**
 * Tells the relays to take no more messages. A queue that was added in place of another comes first: the peer must
 * not go on to it after the other one has refused a message.
 * @throws RelayFault when some were not told
 */
export async function suspendTask(context: TaskContext, id: ConnectionId): Promise<void> {
  const connection = context.transaction((work) => work.find(id));
  if (connection === undefined) return;
  const queues = connection.receive.toSorted((a, b) => Number(a.primary) - Number(b.primary));
  await forEachQueue(queues, (queue) => suspendQueue(context.network, connection.profile, queue));
}
