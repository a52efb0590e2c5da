import type { KeyPair } from "../../crypto/diffie-hellman.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import type { Random } from "../../crypto/random.ts";
import { x25519 } from "../../crypto/x25519.ts";
import type { RelayAddressWithAuth } from "../../smp/address.ts";
import type { SmpClient } from "../../smp/client/client.ts";
import type { CorrelationId } from "../../smp/ids.ts";
import type { NewQueue, QueueRequest } from "../../smp/new-queue.ts";
import { since } from "../../smp/version.ts";
import type { ProfileId } from "../api.ts";
import type { Network } from "../network/network.ts";
import type { QueueUri } from "../queues/queue-address.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";
import { clientVersions } from "../versions.ts";

/** A queue that was created, before it belongs to a connection. */
export interface CreatedQueue {
  readonly queue: Omit<ReceiveQueue, "id">;
  readonly linkId: Uint8Array | undefined;
  /** In whose session it is subscribed. */
  readonly client: SmpClient;
}

/** What a queue is created with besides its kind. */
export interface CreateQueueOptions {
  /** Given when link data name the queue's sender id, which comes from it. */
  readonly correlationId?: CorrelationId;
  /** Our key for the encryption with the sender; a new one unless link data hold it already. */
  readonly keys?: KeyPair;
}

/** Creates a queue on a relay of ours, and subscribes to it. @throws RelayFault */
export async function createQueue(
  { network, random }: { readonly network: Network; readonly random: Random },
  profile: ProfileId,
  { relay, password }: RelayAddressWithAuth,
  request: QueueRequest,
  { correlationId, keys = x25519.generateKeyPair(random) }: CreateQueueOptions = {},
): Promise<CreatedQueue> {
  const auth = generateKeyPair("Ed25519", random);
  const delivery = x25519.generateKeyPair(random);
  const parameters = {
    rcvAuthKey: auth.publicKey,
    rcvDhKey: delivery.publicKey,
    basicAuth: password,
    subscribeMode: "subscribe",
    request,
    notifier: undefined,
  } as const;
  const { ids, client } = await network.withSession(profile, relay, async (session) => ({
    ids: await session.createQueue(auth.privateKey, withKnownLink(session, parameters), correlationId),
    client: session,
  }));
  return {
    queue: {
      relay,
      recipientId: ids.recipientId.slice(),
      senderId: ids.senderId.slice(),
      authKey: auth.privateKey,
      deliverySecret: x25519.sharedSecret(delivery.privateKey, ids.rcvDhKey),
      privateKey: keys.privateKey,
      secret: undefined,
      clientVersion: clientVersions.max,
      mode: ids.queueMode,
      status: "new",
      primary: true,
      replaces: undefined,
      switching: "none",
      lastMessageId: undefined,
      link: undefined,
    },
    linkId: ids.linkId?.slice(),
    client,
  };
}

/** The address of a queue of ours, for a link. */
export function uriOf({ relay, senderId, privateKey, mode }: Omit<ReceiveQueue, "id">): QueueUri {
  return { clientVersions, relay, senderId, dhKey: x25519.publicKey(privateKey), mode };
}

/** A relay that is too old for short links gets a queue without one. */
function withKnownLink({ session: { version } }: SmpClient, queue: NewQueue): NewQueue {
  if (queue.request === undefined || version >= since.shortLinks) return queue;
  return { ...queue, request: { ...queue.request, link: undefined } };
}
