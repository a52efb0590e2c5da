import type { QueueStore, StoreCounts } from "../store.ts";
import type { Kv } from "./api.ts";
import { Changes } from "./changes.ts";
import { messageMethods } from "./messages.ts";
import { notifierMethods } from "./notifiers.ts";
import { queueMethods } from "./queues.ts";
import { stateOf } from "./values.ts";

/**
 * The store in Deno KV, which several instances can share: every change is one atomic operation, tried
 * again when another instance changed the same queue meanwhile. What is written is durable at once.
 */
export function kvStore(kv: Kv): QueueStore {
  const changes = new Changes(kv);
  const notifiers = notifierMethods(kv, changes);
  return {
    ...queueMethods(kv, changes, notifiers.takeNotifications),
    ...messageMethods(kv, changes),
    ...notifiers,

    async counts(): Promise<StoreCounts> {
      let queues = 0;
      let messages = 0;
      let notifications = 0;
      for await (const entry of kv.list({ prefix: ["state"] })) {
        const state = stateOf(entry);
        queues++;
        messages += state.next - state.head;
      }
      for await (const _ of kv.list({ prefix: ["notification"] })) notifications++;
      return { queues, messages, notifications };
    },

    // What is written is there at once, or refused.
    onFailure: () => undefined,
    durable: () => undefined,

    async close(): Promise<void> {
      kv.close();
    },
  };
}
