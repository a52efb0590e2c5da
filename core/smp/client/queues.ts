import type { PrivateKey } from "../../crypto/keys.ts";
import type { NotifierId, RecipientId, SenderId } from "../ids.ts";
import type { AuthAlgorithm } from "../keys.ts";
import type { BrokerMessage } from "../message.ts";

/** A private key that authorises commands. */
export type AuthPrivateKey = PrivateKey<AuthAlgorithm>;

/** A queue as its recipient commands it. */
export interface RecipientQueue {
  readonly recipientId: RecipientId;
  readonly privateKey: AuthPrivateKey;
}

/** A queue as its sender commands it; a key is there once the queue is secured. */
export interface SenderQueue {
  readonly senderId: SenderId;
  readonly privateKey: AuthPrivateKey | undefined;
}

/** A queue as a notification service commands it. */
export interface NotifierQueue {
  readonly notifierId: NotifierId;
  readonly privateKey: AuthPrivateKey;
}

/** The message of a relay with this name. */
export type Answer<T extends BrokerMessage["type"]> = Extract<BrokerMessage, { readonly type: T }>;

/** What a short link points to. */
export type LinkAnswer = Omit<Answer<"LNK">, "type">;

/** A message as a relay delivers it, still encrypted. */
export type Delivery = Omit<Answer<"MSG">, "type">;
