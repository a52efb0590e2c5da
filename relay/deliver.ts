import { sealDelivery } from "../core/smp/delivery.ts";
import type { BrokerMessage } from "../core/smp/message.ts";
import type { QueueRecord, StoredMessage } from "./store/store.ts";

/** A stored message as its recipient gets it, encrypted with the secret of the queue ("Deliver queue message"). */
export function deliveryOf({ dhSecret }: QueueRecord, message: StoredMessage): BrokerMessage {
  const { id, timestamp: time } = message;
  const body = sealDelivery(
    dhSecret,
    id,
    message.type === "quota"
      ? { type: "quota", time }
      : { type: "message", time, flags: { notification: message.notify }, body: message.body },
  );
  return { type: "MSG", messageId: id, body };
}
