import {
  type Codec,
  fixedBytes,
  largeText,
  shortBytes,
  struct,
  tail,
  word8,
  word32,
} from "../../bytes/index.ts";
import {
  type E2eKeys,
  e2eKeysStorage,
  type RatchetState,
  ratchetStateStorage,
  type SkippedKey,
  skippedKeyStorage,
} from "../../ratchet/ratchet.ts";
import { Table } from "../../store/table.ts";
import type { ConfirmationId, ConnectionId, ProfileId, RequestId } from "../api.ts";
import { confirmationId, connectionId, counter, requestId } from "./codecs.ts";
import { type ConnectionRecord, connectionRecord } from "./connection-record.ts";
import {
  type Confirmation,
  type ContactRequest,
  type Copy,
  type CopyKey,
  confirmation,
  contactRequest,
  copy,
  copyKey,
  type InFlight,
  inFlight,
  type LockedLink,
  lockedLink,
  type NumberKey,
  numberKey,
  type OutboxItem,
  type OutboxKey,
  outboxItem,
  outboxKey,
  type ProfileRecord,
  profileRecord,
  type ReceivedRecord,
  receivedRecord,
  type SentMessage,
  sentMessage,
  type TaskRecord,
  taskRecord,
} from "./records.ts";

const hashLength = 32;

/** Names the data of a short link: the relay as text, and the id of the link. */
interface LinkKey {
  readonly relay: string;
  readonly linkId: Uint8Array;
}

const linkKey: Codec<LinkKey> = struct<LinkKey>({ relay: largeText, linkId: shortBytes });

interface ProfileRequest {
  readonly profile: ProfileId;
  readonly request: RequestId;
}

const profileRequest: Codec<ProfileRequest> = struct<ProfileRequest>({ profile: word32, request: requestId });

interface UsedKey {
  readonly connection: ConnectionId;
  readonly hash: Uint8Array;
}

const usedKey: Codec<UsedKey> = struct<UsedKey>({ connection: connectionId, hash: fixedBytes(hashLength) });

/** Names a ciphertext that was taken. What is to be forgotten first comes first. */
interface SeenKey {
  /** Days since the Unix epoch. */
  readonly day: number;
  readonly connection: ConnectionId;
  readonly part: number;
  readonly hash: Uint8Array;
}

/** Length of what is kept of the SHA-256 hash of a ciphertext, in bytes. */
export const seenHashLength = 16;

const seenKey: Codec<SeenKey> = struct<SeenKey>({
  day: word32,
  connection: connectionId,
  part: word8,
  hash: fixedBytes(seenHashLength),
});

/** The key of a message that was skipped, and when: seconds since the Unix epoch. */
export interface StoredSkippedKey {
  readonly storedAt: number;
  readonly key: SkippedKey;
}

const storedSkippedKey: Codec<StoredSkippedKey> = struct<StoredSkippedKey>({
  storedAt: counter,
  key: skippedKeyStorage,
});

/** The tables of the agent. Most keys begin with the connection, so that all of one can be found and deleted. */
export const tables = {
  profiles: new Table<ProfileId, ProfileRecord>("agent_profiles", word32, profileRecord),
  connections: new Table<ConnectionId, ConnectionRecord>("agent_connections", connectionId, connectionRecord),
  outbox: new Table<OutboxKey, OutboxItem>("agent_outbox", outboxKey, outboxItem),
  inFlight: new Table<OutboxKey, InFlight>("agent_in_flight", outboxKey, inFlight),
  /** What goes to a second queue as well, while one takes the place of the other. */
  copies: new Table<CopyKey, Copy>("agent_copies", copyKey, copy),
  /** By the number that both sides know. */
  sent: new Table<NumberKey, SentMessage>("agent_sent", numberKey, sentMessage),
  /** By the number that both sides know. */
  received: new Table<NumberKey, ReceivedRecord>("agent_received", numberKey, receivedRecord),
  /** Ciphertexts received, by their hashes. */
  seen: new Table<SeenKey, Uint8Array>("agent_seen_messages", seenKey, tail),
  tasks: new Table<number, TaskRecord>("agent_tasks", counter, taskRecord),
  requests: new Table<RequestId, ContactRequest>("agent_requests", requestId, contactRequest),
  /** Which requests are of a profile: kept in step by `requests.ts`. */
  profileRequests: new Table<ProfileRequest, Uint8Array>("agent_profile_requests", profileRequest, tail),
  confirmations: new Table<ConfirmationId, Confirmation>("agent_confirmations", confirmationId, confirmation),
  lockedLinks: new Table<LinkKey, LockedLink>("agent_locked_links", linkKey, lockedLink),
  ratchets: new Table<ConnectionId, RatchetState>("agent_ratchets", connectionId, ratchetStateStorage, {
    secret: true,
  }),
  /** The keys of an invitation that was not answered yet, or of a ratchet that is being started anew. */
  ratchetKeys: new Table<ConnectionId, E2eKeys>("agent_ratchet_keys", connectionId, e2eKeysStorage, {
    secret: true,
  }),
  skippedKeys: new Table<NumberKey, StoredSkippedKey>("agent_skipped_keys", numberKey, storedSkippedKey, {
    secret: true,
  }),
  /** Hashes of the peer's keys for a new ratchet that were used: each starts one ratchet. */
  usedRatchetKeys: new Table<UsedKey, Uint8Array>("agent_used_ratchet_keys", usedKey, tail),
  /** When the agreement on a new ratchet came to be where it is: milliseconds since the Unix epoch. */
  syncSince: new Table<ConnectionId, number>("agent_sync_since", connectionId, counter),
  /** By queue: it may still bring what was encrypted with the ratchet before. */
  oldMessages: new Table<NumberKey, Uint8Array>("agent_old_messages", numberKey, tail),
} as const;

/** The tables whose keys begin with a connection, to be emptied when it is deleted. */
export const connectionTables: readonly string[] = [
  tables.connections.name,
  tables.outbox.name,
  tables.inFlight.name,
  tables.copies.name,
  tables.sent.name,
  tables.received.name,
  tables.ratchets.name,
  tables.ratchetKeys.name,
  tables.skippedKeys.name,
  tables.usedRatchetKeys.name,
  tables.oldMessages.name,
  tables.syncSince.name,
];
