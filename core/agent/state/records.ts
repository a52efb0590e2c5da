import {
  bool,
  type Codec,
  largeBytes,
  largeText,
  list,
  mapped,
  maybe,
  shortBytes,
  struct,
  tail,
  union,
  word32,
} from "../../bytes/index.ts";
import { decodePrivateKey, encodePrivateKey, type PrivateKey } from "../../crypto/keys.ts";
import type { RelayAddress } from "../../smp/address.ts";
import type { SenderId } from "../../smp/ids.ts";
import { type AuthAlgorithm, type AuthKey, authKey } from "../../smp/keys.ts";
import type {
  ConfirmationId,
  ConnectionId,
  MessageId,
  PrivateRouting,
  ProfileId,
  RelaySetting,
  RoutingFallback,
} from "../api.ts";
import { type QueueInfo, queueInfo } from "../queues/queue-address.ts";
import { confirmationId, connectionId, counter, oneOf, smpRelay } from "./codecs.ts";

/** A profile: which relays it uses, and how it sends. */
export interface ProfileRecord {
  readonly relays: readonly RelaySetting[];
  readonly routing: PrivateRouting;
  readonly fallback: RoutingFallback;
  readonly deleting: boolean;
}

export const profileRecord: Codec<ProfileRecord> = struct<ProfileRecord>({
  relays: list(struct<RelaySetting>({ address: largeText, receive: bool, proxy: bool })),
  routing: oneOf<PrivateRouting>("always", "unknownRelays", "unprotected", "never"),
  fallback: oneOf<RoutingFallback>("allow", "allowProtected", "prohibit"),
  deleting: bool,
});

/** What waits to be sent. `content` is encoded, and encrypted only when its turn comes. */
export interface OutboxItem {
  /** The application's number for it; 0 for what it does not know of. */
  readonly id: MessageId;
  readonly createdMs: number;
  readonly notify: boolean;
  /** The queue it has to go to; undefined for the primary one. */
  readonly queue: number | undefined;
  /**
   * message: an `AMessage`; confirmation: `E2eParams` if there are any, and an `AgentMessage` with
   * information; ratchetKey: a whole `AgentEnvelope`.
   */
  readonly kind: "message" | "confirmation" | "ratchetKey";
  readonly ratchetParams: Uint8Array | undefined;
  readonly content: Uint8Array;
}

export const outboxItem: Codec<OutboxItem> = struct<OutboxItem>({
  id: counter,
  createdMs: counter,
  notify: bool,
  queue: maybe(word32),
  kind: oneOf<OutboxItem["kind"]>("message", "confirmation", "ratchetKey"),
  ratchetParams: maybe(largeBytes),
  content: tail,
});

/** Where an item stands in the outbox of its connection: what repairs the ratchet goes before all else. */
export interface OutboxKey {
  readonly connection: ConnectionId;
  readonly order: "urgent" | "normal";
  readonly sequence: number;
}

export const outboxKey: Codec<OutboxKey> = struct<OutboxKey>({
  connection: connectionId,
  order: oneOf<OutboxKey["order"]>("urgent", "normal"),
  sequence: counter,
});

/** The item whose turn it is, encrypted: whatever happens now, the same bytes are sent again. */
export interface InFlight {
  /** The ratchet that encrypted it; with another one it has to be encrypted again. */
  readonly generation: number;
  readonly sharedId: MessageId;
  /** The encoded `AgentMessage`, to encrypt it again. */
  readonly message: Uint8Array;
  /** The encoded `AgentEnvelope`. */
  readonly envelope: Uint8Array;
}

export const inFlight: Codec<InFlight> = struct<InFlight>({
  generation: word32,
  sharedId: counter,
  message: largeBytes,
  envelope: tail,
});

/** Names what was encrypted for one queue, and goes to another as well; `number` is its place in line. */
export interface CopyKey {
  readonly connection: ConnectionId;
  readonly queue: number;
  readonly number: number;
}

export const copyKey: Codec<CopyKey> = struct<CopyKey>({
  connection: connectionId,
  queue: word32,
  number: counter,
});

/** The same bytes as the first queue gets, so that the recipient knows the second of them. */
export interface Copy {
  readonly notify: boolean;
  readonly envelope: Uint8Array;
}

export const copy: Codec<Copy> = struct<Copy>({ notify: bool, envelope: tail });

/** A message that a relay has, and of which no receipt has come. */
export interface SentMessage {
  readonly id: MessageId;
  readonly hash: Uint8Array;
}

export const sentMessage: Codec<SentMessage> = struct<SentMessage>({ id: counter, hash: shortBytes });

/** A received message: to send a receipt for it, and to know it when it comes again. */
export interface ReceivedRecord {
  readonly id: MessageId;
  readonly hash: Uint8Array;
}

export const receivedRecord: Codec<ReceivedRecord> = struct<ReceivedRecord>({
  id: counter,
  hash: shortBytes,
});

/** A number of a connection as a key. */
export interface NumberKey {
  readonly connection: ConnectionId;
  readonly number: number;
}

export const numberKey: Codec<NumberKey> = struct<NumberKey>({ connection: connectionId, number: counter });

/** A request that came to an address of ours. */
export interface ContactRequest {
  readonly address: ConnectionId;
  readonly profile: ProfileId;
  /** The full link of the invitation. */
  readonly link: string;
  readonly info: Uint8Array;
}

export const contactRequest: Codec<ContactRequest> = struct<ContactRequest>({
  address: connectionId,
  profile: word32,
  link: largeText,
  info: tail,
});

/** The answer to an invitation of ours, until it is allowed. */
export interface Confirmation {
  readonly connection: ConnectionId;
  /** The sender's key, when we have to secure the queue. */
  readonly senderKey: AuthKey | undefined;
  readonly replyQueues: readonly QueueInfo[];
}

export const confirmation: Codec<Confirmation> = struct<Confirmation>({
  connection: connectionId,
  senderKey: maybe(authKey),
  replyQueues: list(queueInfo),
});

/** An invitation's short link that we locked: we have to come back with the same key. */
export interface LockedLink {
  readonly relay: RelayAddress;
  readonly linkKey: Uint8Array;
  readonly authKey: PrivateKey<AuthAlgorithm>;
  readonly senderId: SenderId | undefined;
}

const privateAuthKey: Codec<PrivateKey<AuthAlgorithm>> = mapped(
  shortBytes,
  (der) => decodePrivateKey(der, "X25519", "Ed25519", "Ed448"),
  encodePrivateKey,
);

export const lockedLink: Codec<LockedLink> = struct<LockedLink>({
  relay: smpRelay,
  linkKey: shortBytes,
  authKey: privateAuthKey,
  senderId: maybe(shortBytes),
});

/** Work on the network that was promised, and is tried until it is done. */
export type Task =
  /** Answer an invitation: secure its queue, create one for the replies, send the confirmation. */
  | { readonly type: "join"; readonly link: string; readonly info: Uint8Array }
  /** Ask at a contact address: create a queue, send an invitation to it. */
  | { readonly type: "ask"; readonly link: string; readonly info: Uint8Array }
  /** Go on with the peer that answered. */
  | { readonly type: "allow"; readonly confirmation: ConfirmationId; readonly info: Uint8Array }
  /** Secure the reply queue with the key of the peer, and say hello through its queue. */
  | { readonly type: "secureReply"; readonly queue: number; readonly senderKey: AuthKey }
  /** Create a queue in place of another, and tell the peer. */
  | { readonly type: "addQueue"; readonly replaces: number; readonly relay: string | undefined }
  | { readonly type: "secureAdded"; readonly queue: number; readonly senderKey: AuthKey }
  | { readonly type: "deleteQueue"; readonly queue: number }
  /** Secure and confirm a queue that the peer added, and send there what went to the one before meanwhile. */
  | { readonly type: "takeUpQueue"; readonly queue: number }
  /** Send the last things to a queue that was replaced, and let go of it. */
  | { readonly type: "endQueue"; readonly queue: number }
  | { readonly type: "suspend" }
  | { readonly type: "deleteConnection" };

export interface TaskRecord {
  readonly connection: ConnectionId;
  readonly createdMs: number;
  readonly task: Task;
}

const queueAndKey = { queue: word32, senderKey: authKey };
const linkAndInfo = { link: largeText, info: largeBytes };

export const taskRecord: Codec<TaskRecord> = struct<TaskRecord>({
  connection: connectionId,
  createdMs: counter,
  task: union<Task>({
    join: { tag: "J", fields: linkAndInfo },
    ask: { tag: "K", fields: linkAndInfo },
    allow: { tag: "A", fields: { confirmation: confirmationId, info: largeBytes } },
    secureReply: { tag: "R", fields: queueAndKey },
    addQueue: { tag: "Q", fields: { replaces: word32, relay: maybe(largeText) } },
    secureAdded: { tag: "S", fields: queueAndKey },
    deleteQueue: { tag: "D", fields: { queue: word32 } },
    takeUpQueue: { tag: "T", fields: { queue: word32 } },
    endQueue: { tag: "E", fields: { queue: word32 } },
    suspend: { tag: "O", fields: {} },
    deleteConnection: { tag: "X", fields: {} },
  }),
});
