import type { ProfileId } from "../api.ts";
import type { Network } from "../network/network.ts";
import { RelayFault } from "../network/relay-fault.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";

/** Deletes a queue of ours on its relay (DEL). One that the relay does not know is deleted already. @throws RelayFault */
export async function deleteQueue(
  network: Network,
  profile: ProfileId,
  { relay, recipientId, authKey }: Pick<ReceiveQueue, "relay" | "recipientId" | "authKey">,
): Promise<void> {
  try {
    await network.withSession(profile, relay, (client) =>
      client.deleteQueue({ recipientId, privateKey: authKey }),
    );
  } catch (error) {
    if (!(error instanceof RelayFault && error.error?.type === "AUTH")) throw error;
  }
}
