import { bool, type Codec, list, shortBytes, struct, word16, word32 } from "../../bytes/index.ts";
import type { ConnectionId, MessageId, ProfileId, RatchetSync } from "../api.ts";
import { counter, oneOf } from "./codecs.ts";
import { type ReceiveQueue, receiveQueue, type SendQueue, sendQueue } from "./queue-records.ts";

/** All of a connection but its ratchet and its messages: read and written whole. */
export interface ConnectionRecord {
  readonly profile: ProfileId;
  /** Who began it: an invitation of ours, an address of ours, or a link that we joined. */
  readonly kind: "invitation" | "contact" | "joined";
  readonly agentVersion: number;
  /** Messages leave room for post-quantum keys: wanted at the start, and possible with the peer's versions. */
  readonly postQuantum: boolean;
  /** Post-quantum key agreement is wanted now. */
  readonly wantsPostQuantum: boolean;
  readonly established: boolean;
  readonly sync: RatchetSync;
  /** Grows with each new ratchet, so that what the old one encrypted can be told. */
  readonly generation: number;
  /** The last number given to a message, sent or received. */
  readonly lastId: MessageId;
  /** Number and hash of the last agent message encrypted. */
  readonly sentId: MessageId;
  readonly sentHash: Uint8Array;
  /** Number and hash of the last agent message received. */
  readonly receivedId: MessageId;
  readonly receivedHash: Uint8Array;
  /** How many ciphertexts were received on the day `seenDay`, the last one with any; see `noteSeen`. */
  readonly seen: number;
  /** How many keys of skipped messages are stored. */
  readonly skipped: number;
  readonly lastQueueId: number;
  readonly receive: readonly ReceiveQueue[];
  readonly send: readonly SendQueue[];
  /** The connection is being deleted: at once, or when what was sent is delivered. */
  readonly deleting: "no" | "afterDelivery" | "now";
  readonly sentPostQuantum: boolean;
  readonly receivedPostQuantum: boolean;
  /** Its relays are to take no more messages for it, so that it never gets another queue to receive on. */
  readonly suspended: boolean;
  /** Days since the Unix epoch. */
  readonly seenDay: number;
}

/** A connection with its id, as it is passed around. */
export interface Connection extends ConnectionRecord {
  readonly id: ConnectionId;
}

export const connectionRecord: Codec<ConnectionRecord> = struct<ConnectionRecord>({
  profile: word32,
  kind: oneOf<ConnectionRecord["kind"]>("invitation", "contact", "joined"),
  agentVersion: word16,
  postQuantum: bool,
  wantsPostQuantum: bool,
  established: bool,
  sync: oneOf<RatchetSync>("ok", "allowed", "required", "started", "agreed"),
  generation: word32,
  lastId: counter,
  sentId: counter,
  sentHash: shortBytes,
  receivedId: counter,
  receivedHash: shortBytes,
  seen: word32,
  skipped: word32,
  lastQueueId: word32,
  receive: list(receiveQueue),
  send: list(sendQueue),
  deleting: oneOf<ConnectionRecord["deleting"]>("no", "afterDelivery", "now"),
  sentPostQuantum: bool,
  receivedPostQuantum: bool,
  suspended: bool,
  seenDay: word32,
});

const noBytes = new Uint8Array(0);

/** A connection as it begins. */
export function newConnection(
  id: ConnectionId,
  start: Pick<ConnectionRecord, "profile" | "kind" | "agentVersion" | "postQuantum">,
): Connection {
  return {
    id,
    ...start,
    wantsPostQuantum: start.postQuantum,
    established: false,
    sync: "ok",
    generation: 0,
    lastId: 0,
    sentId: 0,
    sentHash: noBytes,
    receivedId: 0,
    receivedHash: noBytes,
    seen: 0,
    skipped: 0,
    lastQueueId: 0,
    receive: [],
    send: [],
    deleting: "no",
    sentPostQuantum: false,
    receivedPostQuantum: false,
    suspended: false,
    seenDay: 0,
  };
}

/** The connection with one of the queues it receives on changed. */
export function withReceiveQueue(
  connection: Connection,
  id: number,
  change: Partial<ReceiveQueue>,
): Connection {
  return {
    ...connection,
    receive: connection.receive.map((queue) => (queue.id === id ? { ...queue, ...change } : queue)),
  };
}

/** The connection with one of the queues it sends to changed. */
export function withSendQueue(connection: Connection, id: number, change: Partial<SendQueue>): Connection {
  return {
    ...connection,
    send: connection.send.map((queue) => (queue.id === id ? { ...queue, ...change } : queue)),
  };
}

/** The queue that messages go to. */
export function primarySendQueue({ send }: Connection): SendQueue | undefined {
  return (
    send.find(({ primary, replaces }) => primary && replaces === undefined) ??
    send.find(({ primary }) => primary)
  );
}
