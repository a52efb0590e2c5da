import type { SmpClient } from "../../smp/client/client.ts";
import type { RecipientQueue } from "../../smp/client/queues.ts";
import type { ProfileId } from "../api.ts";
import type { Network } from "../network/network.ts";
import { RelayFault } from "../network/relay-fault.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";

/** A queue of ours, as far as its relay has to know it. */
type OwnQueue = Pick<ReceiveQueue, "relay" | "recipientId" | "authKey">;

/** Deletes a queue of ours on its relay (DEL). @throws RelayFault */
export function deleteQueue(network: Network, profile: ProfileId, queue: OwnQueue): Promise<void> {
  return endQueue(network, profile, queue, (client, own) => client.deleteQueue(own));
}

/** Has the relay take no more messages for a queue of ours (OFF). @throws RelayFault */
export function suspendQueue(network: Network, profile: ProfileId, queue: OwnQueue): Promise<void> {
  return endQueue(network, profile, queue, (client, own) => client.suspendQueue(own));
}

/** A queue that the relay does not know is deleted already, as one is that was replaced. */
async function endQueue(
  network: Network,
  profile: ProfileId,
  { relay, recipientId, authKey }: OwnQueue,
  end: (client: SmpClient, own: RecipientQueue) => Promise<void>,
): Promise<void> {
  try {
    await network.withSession(profile, relay, (client) => end(client, { recipientId, privateKey: authKey }));
  } catch (error) {
    if (!(error instanceof RelayFault && error.error?.type === "AUTH")) throw error;
  }
}
