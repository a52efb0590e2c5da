import {
  type Codec,
  fixedBytes,
  int64,
  mapped,
  maybe,
  refined,
  shortBytes,
  struct,
  tail,
} from "../bytes/index.ts";
import { type SmpError, smpError } from "./error.ts";
import type { MessageId, SenderId, ServiceId, SessionId } from "./ids.ts";
import { type LinkData, linkData } from "./link-data.ts";
import { type NotifierIds, notifierIds, type QueueIds, queueIds } from "./queue-ids.ts";
import { type QueueInfo, queueInfo } from "./queue-info.ts";
import { type SignedKey, signedKey } from "./signed-key.ts";
import { type TaggedCodec, tagged } from "./tagged.ts";
import { byVersion, since, type VersionRange, versionRange } from "./version.ts";

interface Link {
  readonly senderId: SenderId;
  readonly linkData: LinkData;
}

interface Count {
  readonly count: number;
}

interface Delivery {
  /** Also the nonce with which the body is encrypted. */
  readonly messageId: MessageId;
  /** 16,122 bytes. */
  readonly body: Uint8Array;
}

interface Notification {
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  readonly encryptedMeta: Uint8Array;
}

interface ProxySession {
  readonly sessionId: SessionId;
  /** The versions to choose from for commands sent through this session. */
  readonly versionRange: VersionRange;
  /** The session key of the relay behind the proxy. */
  readonly signedKey: SignedKey;
}

interface Encrypted {
  readonly encrypted: Uint8Array;
}

/** What a relay sends; `type` is the name on the wire ("Server messages"). */
export type BrokerMessage =
  | ({ readonly type: "IDS" } & QueueIds)
  | ({ readonly type: "LNK" } & Link)
  /** Subscribed; with the service that the queue belongs to. Before version 16 it is written as OK. */
  | { readonly type: "SOK"; readonly serviceId: ServiceId | undefined }
  /** The number of queues that SUBS or NSUBS subscribed. */
  | ({ readonly type: "SOKS" } & Count)
  | ({ readonly type: "MSG" } & Delivery)
  | ({ readonly type: "NID" } & NotifierIds)
  | ({ readonly type: "NMSG" } & Notification)
  | ({ readonly type: "PKEY" } & ProxySession)
  | ({ readonly type: "RRES" } & Encrypted)
  | ({ readonly type: "PRES" } & Encrypted)
  | { readonly type: "END" }
  | ({ readonly type: "ENDS" } & Count)
  /** The queue was deleted over another connection. Before version 10 it is written as END. */
  | { readonly type: "DELD" }
  | { readonly type: "INFO"; readonly info: QueueInfo }
  | { readonly type: "OK" }
  | { readonly type: "ERR"; readonly error: SmpError }
  | { readonly type: "PONG" };

const encrypted: Codec<Encrypted> = struct<Encrypted>({ encrypted: tail });

const countMax = BigInt(Number.MAX_SAFE_INTEGER);

const count: Codec<Count> = struct<Count>({
  count: mapped(
    refined(int64, (value) =>
      value >= 0n && value <= countMax ? undefined : "count is negative or above 2^53",
    ),
    Number,
    BigInt,
  ),
});

const messages: (version: number) => TaggedCodec<BrokerMessage> = byVersion((version) =>
  tagged<BrokerMessage>({
    IDS: queueIds(version),
    LNK: struct<Link>({ senderId: shortBytes, linkData }),
    SOK: struct<{ serviceId: ServiceId | undefined }>({ serviceId: maybe(shortBytes) }),
    SOKS: count,
    MSG: struct<Delivery>({ messageId: shortBytes, body: tail }),
    NID: notifierIds,
    NMSG: struct<Notification>({ nonce: fixedBytes(24), encryptedMeta: shortBytes }),
    PKEY: struct<ProxySession>({ sessionId: shortBytes, versionRange, signedKey }),
    RRES: encrypted,
    PRES: encrypted,
    END: undefined,
    ENDS: count,
    DELD: undefined,
    INFO: struct<{ info: QueueInfo }>({ info: queueInfo }),
    OK: undefined,
    ERR: struct<{ error: SmpError }>({ error: smpError }),
    PONG: undefined,
  }),
);

/**
 * All messages of a relay, as a version of the protocol writes them: what it does not know yet is written as
 * what older clients understand. Byte strings of a decoded message are views.
 */
export const messageCodec: (version: number) => TaggedCodec<BrokerMessage> = byVersion((version) => {
  const { encode, decode, knows } = messages(version);
  return { encode: (writer, message) => encode(writer, asOf(version, message)), decode, knows };
});

function asOf(version: number, message: BrokerMessage): BrokerMessage {
  switch (message.type) {
    case "SOK":
      return version >= since.services ? message : { type: "OK" };
    case "DELD":
      return version >= since.deletedEvent ? message : { type: "END" };
    case "ERR":
      return { type: "ERR", error: errorAsOf(version, message.error) };
    default:
      return message;
  }
}

function errorAsOf(version: number, error: SmpError): SmpError {
  if (error.type !== "BLOCKED" || version >= since.notices) return error;
  return version >= since.blocked ? { ...error, notice: undefined } : { type: "AUTH" };
}
