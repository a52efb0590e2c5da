import { publicKeyOf } from "../../crypto/keys.ts";
import { senderCanSecure } from "../../smp/queue-mode.ts";
import { sendRouted } from "../network/send-route.ts";
import { type Connection, withSendQueue } from "../state/connection-record.ts";
import type { SendQueue } from "../state/queue-records.ts";
import type { TaskContext } from "../tasks/context.ts";

/** Secures a queue that we send to, where the sender may and it is not done yet. Doing it again does no harm. @throws RelayFault */
export async function secureAsSender(
  context: TaskContext,
  connection: Connection,
  queue: SendQueue,
): Promise<void> {
  if (!senderCanSecure(queue.mode) || queue.status !== "new") return;
  const { network, random } = context;
  const { id, profile } = connection;
  const settings = context.transaction((work) => work.profile(profile));
  const key = publicKeyOf(queue.authKey);
  await sendRouted({ network, random, profile, settings }, queue.relay, {
    directly: (client) => client.secureAsSender(queue.senderId, queue.authKey, key),
    throughProxy: (client, session) => client.secureThroughProxy(session, queue.senderId, queue.authKey, key),
  });
  context.transaction((work) => {
    const current = work.find(id);
    if (current !== undefined) work.put(withSendQueue(current, queue.id, { status: "secured" }));
  });
}
