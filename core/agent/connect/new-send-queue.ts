import { generateKeyPair, type PrivateKey } from "../../crypto/keys.ts";
import type { Random } from "../../crypto/random.ts";
import { x25519 } from "../../crypto/x25519.ts";
import type { AuthAlgorithm } from "../../smp/keys.ts";
import type { QueueInfo } from "../queues/queue-address.ts";
import type { SendQueue } from "../state/queue-records.ts";

/**
 * Our side of a queue that the peer told us of, with new keys.
 * @param authKey the key with which the queue was secured already, when its short link was resolved
 * @throws CryptoError when the peer's key is of low order
 */
export function newSendQueue(
  random: Random,
  id: number,
  info: QueueInfo,
  authKey?: PrivateKey<AuthAlgorithm>,
): SendQueue {
  const { publicKey, privateKey } = x25519.generateKeyPair(random);
  return {
    id,
    relay: info.relay,
    senderId: info.senderId.slice(),
    authKey: authKey ?? generateKeyPair("Ed25519", random).privateKey,
    publicKey,
    secret: x25519.sharedSecret(privateKey, info.dhKey),
    clientVersion: info.clientVersion,
    mode: info.mode,
    status: authKey === undefined ? "new" : "secured",
    primary: true,
    replaces: undefined,
    switching: "none",
  };
}
