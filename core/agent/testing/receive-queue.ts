import { generateKeyPair } from "../../crypto/keys.ts";
import { systemRandom } from "../../crypto/random.ts";
import type { RelayAddress } from "../../smp/address.ts";
import type { ReceiveQueue } from "../state/queue-records.ts";

/** A queue at a relay that nobody has answered yet; its ids differ by `id`. */
export function newReceiveQueue(relay: RelayAddress, id = 1): ReceiveQueue {
  return {
    id,
    relay,
    recipientId: new Uint8Array(24).fill(2 * id - 1),
    senderId: new Uint8Array(24).fill(2 * id),
    authKey: generateKeyPair("X25519", systemRandom).privateKey,
    deliverySecret: new Uint8Array(32),
    privateKey: new Uint8Array(32),
    secret: undefined,
    clientVersion: 4,
    mode: "messaging",
    status: "new",
    primary: true,
    replaces: undefined,
    switching: "none",
    lastMessageId: undefined,
    link: undefined,
  };
}
