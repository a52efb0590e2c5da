import { base64urlEncodeUnpadded } from "../../bytes/index.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import { parseRelayAddress } from "../../smp/address.ts";
import type { Store, Transaction } from "../../store/store.ts";
import type { ConnectionId } from "../api.ts";
import { createQueue } from "../connect/create-queue.ts";
import type { Network } from "../network/network.ts";
import { ownIdLength } from "../state/codecs.ts";
import type { ConnectionRecord } from "../state/connection-record.ts";
import type { ReceiveQueue, SendQueue } from "../state/queue-records.ts";
import { tables } from "../state/tables.ts";
import { realNetwork } from "./bench-party.ts";

/** The end of a connection in the store of an agent that does not run. */
export interface StoredEnd {
  readonly store: Store;
  readonly connection: ConnectionId;
}

/** How many queues are created at a time. */
const atOnce = 200;

/**
 * Gives agents more connections like the one they have. Each has queues of its own at the relay; the ratchet and the
 * secrets between the two ends are those of the first one. That makes no difference to what sending and receiving
 * take, and saves the post-quantum keys, which take longer than all the rest.
 * @param ends one end, or both ends of the connection
 * @returns the new connections, in the order of `ends`
 */
export async function addConnections(
  relay: string,
  ends: readonly StoredEnd[],
  count: number,
): Promise<readonly (readonly ConnectionId[])[]> {
  const network = realNetwork()({ received: () => undefined, disconnected: () => undefined });
  try {
    const added: ConnectionId[][] = [];
    for (let done = 0; done < count; done += atOnce) {
      const some = Math.min(atOnce, count - done);
      const queues = await Promise.all(
        Array.from({ length: some }, () => Promise.all(ends.map(() => securedQueue(network, relay)))),
      );
      const ids = queues.map((): ConnectionId[] => ends.map(() => newId()));
      ends.forEach(({ store, connection }, side) => {
        store.transaction((transaction) => {
          const original = read(transaction, connection);
          queues.forEach((pair, i) => {
            const own = pair[side];
            // The peer's queue; an end alone has none that it could reach.
            const peer = pair[1 - side];
            const id = ids[i]?.[side];
            if (own !== undefined && id !== undefined) write(transaction, original, id, own, peer);
          });
        });
      });
      added.push(...ids);
    }
    return added;
  } finally {
    network.close();
  }
}

interface SecuredQueue {
  readonly receive: Pick<ReceiveQueue, "recipientId" | "senderId" | "authKey" | "deliverySecret">;
  readonly send: Pick<SendQueue, "senderId" | "authKey">;
}

async function securedQueue(network: Network, relayText: string): Promise<SecuredQueue> {
  const relay = parseRelayAddress(relayText, "smp");
  const { queue } = await createQueue(
    { network, random: systemRandom },
    1,
    { relay },
    { type: "messaging", link: undefined },
  );
  const { recipientId, senderId, authKey, deliverySecret } = queue;
  const sender = generateKeyPair("Ed25519", systemRandom);
  await network.withSession(1, relay, (client) =>
    client.secureAsSender(senderId, sender.privateKey, sender.publicKey),
  );
  return {
    receive: { recipientId, senderId, authKey, deliverySecret },
    send: { senderId, authKey: sender.privateKey },
  };
}

function newId(): ConnectionId {
  return base64urlEncodeUnpadded(systemRandom(ownIdLength)) as ConnectionId;
}

interface Original {
  readonly id: ConnectionId;
  readonly record: ConnectionRecord;
}

function read(transaction: Transaction, id: ConnectionId): Original {
  const record = tables.connections.get(transaction, id);
  if (record === undefined) throw new RangeError("cannot add connections: the first one is not there");
  return { id, record };
}

function write(
  transaction: Transaction,
  { id: originalId, record }: Original,
  id: ConnectionId,
  own: SecuredQueue,
  peer: SecuredQueue | undefined,
): void {
  const ratchet = tables.ratchets.get(transaction, originalId);
  if (ratchet === undefined) throw new RangeError("cannot add connections: the first one is not established");
  tables.connections.put(transaction, id, {
    ...record,
    receive: record.receive.map((queue) => ({ ...queue, ...own.receive })),
    send: record.send.map((queue) => ({ ...queue, ...peer?.send })),
  });
  tables.ratchets.put(transaction, id, ratchet);
}
