import type { ProfileId } from "../api.ts";
import { RelayFault } from "../network/relay-fault.ts";
import type { Work } from "../state/work.ts";
import type { TaskContext } from "../tasks/context.ts";
import type { CreatedQueue } from "./create-queue.ts";
import { deleteQueue } from "./end-queue.ts";

/**
 * Stores a queue that was just created. When that can't be done, as its connection was deleted meanwhile or the peer's
 * keys are no good, nobody will ever know of the queue: it is deleted again.
 * @throws what `keep` throws
 */
export async function keepQueue<T>(
  context: TaskContext,
  profile: ProfileId,
  { queue }: CreatedQueue,
  keep: (work: Work) => T,
): Promise<T> {
  try {
    return context.transaction(keep);
  } catch (error) {
    await deleteQueue(context.network, profile, queue).catch((fault: unknown) => {
      if (!(fault instanceof RelayFault)) throw fault;
    });
    throw error;
  }
}
