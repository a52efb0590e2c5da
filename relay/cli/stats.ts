import { openStoreThereIs } from "../store/open.ts";
import type { CommandInput } from "./cli.ts";

/** `stats`: prints how much is stored; a relay that runs tells more at /metrics. */
export async function stats({ runtime, settings }: CommandInput): Promise<void> {
  const { store, peers } = await openStoreThereIs(runtime, settings);
  const { queues, messages, notifications } = await store.counts();
  runtime.print(`queues ${queues}\nmessages ${messages}\nnotifications ${notifications}`);
  await peers?.close();
  await store.close();
}
