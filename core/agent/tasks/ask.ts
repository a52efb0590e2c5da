import { encode } from "../../bytes/index.ts";
import { boxNonceLength } from "../../crypto/box.ts";
import { x25519 } from "../../crypto/x25519.ts";
import { e2eParamsOf } from "../../ratchet/keys.ts";
import { invitationKeys, ratchetVersions, wipeKeys } from "../../ratchet/ratchet.ts";
import { sealClientMessage } from "../../smp/client-message.ts";
import type { ConnectionId } from "../api.ts";
import { createQueue, uriOf } from "../connect/create-queue.ts";
import { keepQueue } from "../connect/keep-queue.ts";
import { type InvitationRequest, queueOf } from "../links/connection-request.ts";
import { agentEnvelope } from "../messages/envelope.ts";
import { chooseRelay } from "../network/choose-relay.ts";
import { sendRouted } from "../network/send-route.ts";
import type { Connection } from "../state/connection-record.ts";
import { tables } from "../state/tables.ts";
import type { Work } from "../state/work.ts";
import type { TaskContext } from "./context.ts";
import { agreeOnVersions, requestOf } from "./join.ts";

/** Asks at a contact address, "Contact addresses": creates a queue, and sends an invitation to it. */
export async function askTask(
  context: TaskContext,
  id: ConnectionId,
  link: string,
  info: Uint8Array,
): Promise<void> {
  const request = requestOf(link);
  const versions = agreeOnVersions(request, context.agentVersions);
  const address = queueOf(request);
  const connection = await withOwnQueue(context, id, address.relay);
  const { network, random } = context;
  const { profile } = connection;
  const { settings, invitation } = context.transaction((work) => ({
    settings: work.profile(profile),
    invitation: invitationTo(work, connection),
  }));
  // The peer's answer came before that of the relay: the request has arrived.
  if (invitation === undefined) return;
  const envelope = encode(agentEnvelope, {
    type: "invitation",
    agentVersion: versions.agent,
    request: invitation,
    info,
  });
  const keys = x25519.generateKeyPair(random);
  const body = sealClientMessage(
    { version: versions.client, key: keys.publicKey },
    x25519.sharedSecret(keys.privateKey, address.dhKey),
    random(boxNonceLength),
    { header: { type: "empty" }, body: envelope },
  );
  const target = { senderId: address.senderId, privateKey: undefined };
  const flags = { notification: true };
  await sendRouted({ network, random, profile, settings }, address.relay, {
    directly: (client) => client.sendMessage(target, flags, body),
    throughProxy: (client, session) => client.sendThroughProxy(session, target, flags, body),
  });
  context.transaction((work) => work.emit({ type: "joined", profile, connection: id, secured: false }));
}

async function withOwnQueue(
  context: TaskContext,
  id: ConnectionId,
  used: Parameters<typeof chooseRelay>[1][number],
): Promise<Connection> {
  const before = context.transaction((work) => work.get(id));
  if (before.receive.length > 0) return before;
  const relay = context.transaction((work) =>
    chooseRelay(work.profile(before.profile).relays, [used], work.random),
  );
  const created = await createQueue(context, before.profile, relay, { type: "messaging", link: undefined });
  const connection = await keepQueue(context, before.profile, created, (work) => {
    const current = work.get(id);
    const queueId = current.lastQueueId + 1;
    const { keys } = invitationKeys(work.random, current.postQuantum);
    tables.ratchetKeys.put(work.transaction, id, keys);
    work.afterwards(() => wipeKeys(keys));
    work.follow.queues.add(id);
    return work.put({ ...current, lastQueueId: queueId, receive: [{ ...created.queue, id: queueId }] });
  });
  context.subscribed(id, connection.lastQueueId, created.client);
  return connection;
}

/** The invitation to our queue, as long as nobody has answered it. */
function invitationTo(work: Work, { id, receive: [queue] }: Connection): InvitationRequest | undefined {
  const keys = tables.ratchetKeys.get(work.transaction, id);
  if (keys === undefined || queue === undefined) return undefined;
  work.afterwards(() => wipeKeys(keys));
  const { key1, key2, kem } = e2eParamsOf(keys, ratchetVersions.max);
  return {
    mode: "invitation",
    scheme: { type: "simplex" },
    agentVersions: work.host.agentVersions,
    queues: [uriOf(queue)],
    clientData: undefined,
    ratchet: { versions: ratchetVersions, key1, key2, kem },
  };
}
