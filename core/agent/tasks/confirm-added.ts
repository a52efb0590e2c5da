import { encode } from "../../bytes/index.ts";
import { boxNonceLength } from "../../crypto/box.ts";
import { sealClientMessage } from "../../smp/client-message.ts";
import type { ConnectionId } from "../api.ts";
import { secureAsSender } from "../connect/secure-as-sender.ts";
import { agentEnvelope } from "../messages/envelope.ts";
import { sendRouted } from "../network/send-route.ts";
import { addedQueueConfirmed } from "../rotation/fast-send-side.ts";
import type { TaskContext } from "./context.ts";

/**
 * Secures a queue that the peer added, and sends the confirmation that lets the peer read what comes over it: an
 * empty one, which the queue's own encryption carries and the ratchet knows nothing of. Nothing else is sent to
 * the queue before it.
 */
export async function confirmAddedTask(
  context: TaskContext,
  id: ConnectionId,
  queueId: number,
): Promise<void> {
  const connection = context.transaction((work) => work.find(id));
  const queue = connection?.send.find((one) => one.id === queueId);
  if (connection === undefined || queue?.replaces === undefined) return;
  await secureAsSender(context, connection, queue);
  const { network, random } = context;
  const { profile, agentVersion } = connection;
  const settings = context.transaction((work) => work.profile(profile));
  const body = sealClientMessage(
    { version: queue.clientVersion, key: queue.publicKey },
    queue.secret,
    random(boxNonceLength),
    {
      header: { type: "empty" },
      body: encode(agentEnvelope, {
        type: "confirmation",
        agentVersion,
        ratchet: undefined,
        encrypted: new Uint8Array(0),
      }),
    },
  );
  const target = { senderId: queue.senderId, privateKey: queue.authKey };
  const flags = { notification: true };
  await sendRouted({ network, random, profile, settings }, queue.relay, {
    directly: (client) => client.sendMessage(target, flags, body),
    throughProxy: (client, session) => client.sendThroughProxy(session, target, flags, body),
  });
  context.transaction((work) => {
    const current = work.find(id);
    if (current !== undefined) addedQueueConfirmed(work, current, queueId);
  });
}
