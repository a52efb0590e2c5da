import {
  bool,
  type Codec,
  largeBytes,
  mapped,
  maybe,
  shortBytes,
  struct,
  word16,
  word32,
} from "../../bytes/index.ts";
import { decodePrivateKey, encodePrivateKey, type PrivateKey } from "../../crypto/keys.ts";
import type { RelayAddress } from "../../smp/address.ts";
import type { LinkId, MessageId, RecipientId, SenderId } from "../../smp/ids.ts";
import type { AuthAlgorithm } from "../../smp/keys.ts";
import { type QueueMode, queueMode } from "../../smp/queue-mode.ts";
import { oneOf, smpRelay } from "./codecs.ts";

/** What makes a short link of a queue ours to change. */
export interface LinkCredentials {
  readonly linkId: LinkId;
  readonly linkKey: Uint8Array;
  /** Raw Ed25519 private key: of the root, or of an owner. */
  readonly signingKey: Uint8Array;
  /** The encrypted fixed data, which have to be sent again with each change: 2,048 bytes. */
  readonly fixedData: Uint8Array;
}

/**
 * How far a queue of ours has come in being replaced ("Rotating messaging queue"). From `sendingAdd` it goes the
 * slow way by `sendingUse` and `received`, or the fast way by `redundant` (the peer sends to both queues) and
 * `ended` (it has ended this one).
 */
export type ReceiveSwitch =
  | "none"
  | "started"
  | "sendingAdd"
  | "sendingUse"
  | "received"
  | "redundant"
  | "ended";
/**
 * The same of a queue that we send to: slow by `sendingKey` and `sendingTest`, or fast by `redundant` (what is sent
 * to this queue is for the new one, too), `ending` (the other way round) and `ended` (the peer was told).
 */
export type SendSwitch = "none" | "sendingKey" | "sendingTest" | "redundant" | "ending" | "ended";

/** A queue on which we receive. */
export interface ReceiveQueue {
  /** Unique among the queues of the connection. */
  readonly id: number;
  readonly relay: RelayAddress;
  readonly recipientId: RecipientId;
  readonly senderId: SenderId;
  /** Authorises our commands. */
  readonly authKey: PrivateKey<AuthAlgorithm>;
  /** Shared with the relay, for what it delivers: 32 bytes. */
  readonly deliverySecret: Uint8Array;
  /** Raw X25519 private key for the encryption between the two ends. */
  readonly privateKey: Uint8Array;
  /** The secret agreed on with the sender; undefined before its key arrives. */
  readonly secret: Uint8Array | undefined;
  /** The client version agreed on with the sender, at first the highest of ours. */
  readonly clientVersion: number;
  readonly mode: QueueMode | undefined;
  /** new: no sender yet; confirmed: its key is known; secured: the relay knows it too; active: messages come. */
  readonly status: "new" | "confirmed" | "secured" | "active";
  readonly primary: boolean;
  /** The id of the queue that this one is to replace. */
  readonly replaces: number | undefined;
  readonly switching: ReceiveSwitch;
  /** The last message taken from it: if the relay delivers that again, our acknowledgement was lost. */
  readonly lastMessageId: MessageId | undefined;
  readonly link: LinkCredentials | undefined;
}

/** A queue to which we send. */
export interface SendQueue {
  readonly id: number;
  readonly relay: RelayAddress;
  readonly senderId: SenderId;
  readonly authKey: PrivateKey<AuthAlgorithm>;
  /** Our raw X25519 public key, for the header of a confirmation. */
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
  readonly clientVersion: number;
  readonly mode: QueueMode | undefined;
  readonly status: "new" | "secured" | "confirmed" | "active";
  readonly primary: boolean;
  readonly replaces: number | undefined;
  readonly switching: SendSwitch;
}

const authKey: Codec<PrivateKey<AuthAlgorithm>> = mapped(
  shortBytes,
  (der) => decodePrivateKey(der, "X25519", "Ed25519", "Ed448"),
  encodePrivateKey,
);

const linkCredentials: Codec<LinkCredentials> = struct<LinkCredentials>({
  linkId: shortBytes,
  linkKey: shortBytes,
  signingKey: shortBytes,
  fixedData: largeBytes,
});

const shared = {
  id: word32,
  relay: smpRelay,
  senderId: shortBytes,
  authKey,
  clientVersion: word16,
  mode: maybe(queueMode),
  primary: bool,
  replaces: maybe(word32),
};

export const receiveQueue: Codec<ReceiveQueue> = struct<ReceiveQueue>({
  ...shared,
  recipientId: shortBytes,
  deliverySecret: shortBytes,
  privateKey: shortBytes,
  secret: maybe(shortBytes),
  status: oneOf<ReceiveQueue["status"]>("new", "confirmed", "secured", "active"),
  switching: oneOf<ReceiveSwitch>(
    "none",
    "started",
    "sendingAdd",
    "sendingUse",
    "received",
    "redundant",
    "ended",
  ),
  lastMessageId: maybe(shortBytes),
  link: maybe(linkCredentials),
});

export const sendQueue: Codec<SendQueue> = struct<SendQueue>({
  ...shared,
  publicKey: shortBytes,
  secret: shortBytes,
  status: oneOf<SendQueue["status"]>("new", "secured", "confirmed", "active"),
  switching: oneOf<SendSwitch>("none", "sendingKey", "sendingTest", "redundant", "ending", "ended"),
});
