import type { SmpError } from "./error.ts";
import type { MessageId, SenderId, ServiceId, SessionId } from "./ids.ts";
import type { LinkData } from "./link-data.ts";
import type { NotifierIds, QueueIds } from "./queue-ids.ts";
import type { QueueInfo } from "./queue-info.ts";
import type { SignedKey } from "./signed-key.ts";
import type { VersionRange } from "./version.ts";

/** What a relay sends; `type` is the name on the wire ("Server messages"). */
export type BrokerMessage =
  | ({ readonly type: "IDS" } & QueueIds)
  | { readonly type: "LNK"; readonly senderId: SenderId; readonly linkData: LinkData }
  /** Subscribed; with the service that the queue belongs to. Before version 16 it is OK. */
  | { readonly type: "SOK"; readonly serviceId: ServiceId | undefined }
  /** The number of queues that SUBS or NSUBS subscribed. */
  | { readonly type: "SOKS"; readonly count: number }
  | { readonly type: "MSG"; readonly messageId: MessageId; readonly body: Uint8Array }
  | ({ readonly type: "NID" } & NotifierIds)
  | { readonly type: "NMSG"; readonly nonce: Uint8Array; readonly encryptedMeta: Uint8Array }
  /** The session of a proxy with a relay. */
  | {
      readonly type: "PKEY";
      readonly sessionId: SessionId;
      readonly versionRange: VersionRange;
      readonly signedKey: SignedKey;
    }
  | { readonly type: "RRES"; readonly encrypted: Uint8Array }
  | { readonly type: "PRES"; readonly encrypted: Uint8Array }
  | { readonly type: "END" }
  | { readonly type: "ENDS"; readonly count: number }
  /** The queue was deleted over another connection. Before version 10 it is END. */
  | { readonly type: "DELD" }
  | { readonly type: "INFO"; readonly info: QueueInfo }
  | { readonly type: "OK" }
  | { readonly type: "ERR"; readonly error: SmpError }
  | { readonly type: "PONG" };
