import { type Codec, choice } from "../bytes/index.ts";

/** Whether a queue is for one sender, who may secure it, or for everybody with the link. */
export type QueueMode = "messaging" | "contact";

export const queueMode: Codec<QueueMode> = choice<QueueMode>({ messaging: "M", contact: "C" });

/** What versions 9 to 14 say instead of the mode: whether the sender may secure the queue. */
export function senderCanSecure(mode: QueueMode | undefined): boolean {
  return mode === "messaging";
}
