import { bool, type Codec, shortBytes, struct } from "../bytes/index.ts";
import type { LinkId, NotifierId, RecipientId, SenderId, ServiceId, X25519PublicKey } from "./ids.ts";
import { dhKey } from "./keys.ts";
import { maybeSince } from "./maybe-since.ts";
import { type QueueMode, queueMode, senderCanSecure } from "./queue-mode.ts";
import { byVersion, since } from "./version.ts";

/** What the relay gives for the keys of a notification service. */
export interface NotifierIds {
  readonly notifierId: NotifierId;
  /** The relay's key with which notification metadata is encrypted. */
  readonly rcvDhKey: X25519PublicKey;
}

/** The parameters of IDS: the ids of a new queue. */
export interface QueueIds {
  readonly recipientId: RecipientId;
  readonly senderId: SenderId;
  /** The relay's key with which deliveries are encrypted. */
  readonly rcvDhKey: X25519PublicKey;
  /** Not told before version 9. */
  readonly queueMode: QueueMode | undefined;
  /** Since version 15. */
  readonly linkId: LinkId | undefined;
  /** The service that the queue belongs to; since version 16. */
  readonly serviceId: ServiceId | undefined;
  /** Since version 17. */
  readonly notifier: NotifierIds | undefined;
}

export const notifierIds: Codec<NotifierIds> = struct<NotifierIds>({
  notifierId: shortBytes,
  rcvDhKey: dhKey,
});

/** The mode as versions 9 to 14 tell it. */
const modeFlag: Codec<QueueMode | undefined> = {
  encode: (writer, mode) => bool.encode(writer, senderCanSecure(mode)),
  decode: (reader) => (bool.decode(reader) ? "messaging" : "contact"),
};

/** The parameters of IDS ("Queue IDs response") in a version of the protocol. */
export const queueIds: (version: number) => Codec<QueueIds> = byVersion((version) =>
  struct<QueueIds>({
    recipientId: shortBytes,
    senderId: shortBytes,
    rcvDhKey: dhKey,
    queueMode: modeCodec(version),
    linkId: maybeSince(since.shortLinks, version, shortBytes),
    serviceId: maybeSince(since.services, version, shortBytes),
    notifier: maybeSince(since.notifierCredentials, version, notifierIds),
  }),
);

function modeCodec(version: number): Codec<QueueMode | undefined> {
  if (version >= since.senderKey && version < since.shortLinks) return modeFlag;
  return maybeSince(since.shortLinks, version, queueMode);
}
