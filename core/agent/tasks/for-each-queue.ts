import { RelayFault } from "../network/relay-fault.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";

/**
 * Does something with queues, one after the other; a relay that can't be reached does not hold up the rest.
 * @throws RelayFault when it failed for some: one that may succeed later, if there is such
 */
export async function forEachQueue(
  queues: readonly ReceiveQueue[],
  run: (queue: ReceiveQueue) => Promise<void>,
): Promise<void> {
  const faults: RelayFault[] = [];
  for (const queue of queues) {
    await run(queue).catch((error: unknown) => {
      if (!(error instanceof RelayFault)) throw error;
      faults.push(error);
    });
  }
  const fault = faults.find(({ temporary, host }) => temporary || host) ?? faults[0];
  if (fault !== undefined) throw fault;
}
