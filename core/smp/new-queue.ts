import {
  bool,
  type Codec,
  choice,
  maybe,
  type Reader,
  shortBytes,
  struct,
  union,
  type Writer,
} from "../bytes/index.ts";
import { basicAuth } from "./basic-auth.ts";
import type { LinkId, SenderId, X25519PublicKey } from "./ids.ts";
import { type AuthKey, authKey, dhKey } from "./keys.ts";
import { type LinkData, linkData } from "./link-data.ts";
import { maybeSince } from "./maybe-since.ts";
import { senderCanSecure } from "./queue-mode.ts";
import { byVersion, since } from "./version.ts";

/** Whether the connection that creates a queue is subscribed to it. */
export type SubscribeMode = "subscribe" | "only-create";

/** Link data of a new queue for one sender; the sender id is computed from the correlation id. */
export interface MessagingLink {
  readonly senderId: SenderId;
  readonly linkData: LinkData;
}

/** Link data of a new contact queue, whose link has an id of its own. */
export interface ContactLink extends MessagingLink {
  readonly linkId: LinkId;
}

/** The kind of the new queue, and the data of its short link, if it has one. */
export type QueueRequest =
  | { readonly type: "messaging"; readonly link: MessagingLink | undefined }
  | { readonly type: "contact"; readonly link: ContactLink | undefined };

/** The keys of a notification service for a queue. */
export interface NotifierKeys {
  /** Authorises NSUB. */
  readonly authKey: AuthKey;
  /** The recipient's key with which notification metadata is encrypted. */
  readonly rcvDhKey: X25519PublicKey;
}

/** The parameters of NEW. */
export interface NewQueue {
  /** Authorises the recipient's commands. */
  readonly rcvAuthKey: AuthKey;
  /** The recipient's key with which deliveries are encrypted. */
  readonly rcvDhKey: X25519PublicKey;
  /** The relay's password, if it asks for one. */
  readonly basicAuth: Uint8Array | undefined;
  readonly subscribeMode: SubscribeMode;
  /** Not told before version 9; the link only since version 15. */
  readonly request: QueueRequest | undefined;
  /** Since version 17. */
  readonly notifier: NotifierKeys | undefined;
}

export const subscribeMode: Codec<SubscribeMode> = choice<SubscribeMode>({
  subscribe: "S",
  "only-create": "C",
});

const queueRequest: Codec<QueueRequest> = union<QueueRequest>({
  messaging: { tag: "M", fields: { link: maybe(struct<MessagingLink>({ senderId: shortBytes, linkData })) } },
  contact: {
    tag: "C",
    fields: { link: maybe(struct<ContactLink>({ linkId: shortBytes, senderId: shortBytes, linkData })) },
  },
});

export const notifierKeys: Codec<NotifierKeys> = struct<NotifierKeys>({ authKey, rcvDhKey: dhKey });

/** Versions 9 to 14 tell no more than the mode, and take none for contact. */
const requestMode: Codec<QueueRequest | undefined> = {
  encode: (writer, request) => bool.encode(writer, senderCanSecure(request?.type)),
  decode: (reader) => ({ type: bool.decode(reader) ? "messaging" : "contact", link: undefined }),
};

const charA = 0x41;

/** Before version 9 a password is there when an `A` is. */
const legacyBasicAuth: Codec<Uint8Array | undefined> = {
  encode(writer: Writer, password: Uint8Array | undefined) {
    if (password === undefined) return;
    writer.byte(charA);
    basicAuth.encode(writer, password);
  },
  decode(reader: Reader) {
    if (reader.peek() !== charA) return undefined;
    reader.byte();
    return basicAuth.decode(reader);
  },
};

/** The parameters of NEW ("Create queue command") in a version of the protocol. */
export const newQueue: (version: number) => Codec<NewQueue> = byVersion((version) =>
  struct<NewQueue>({
    rcvAuthKey: authKey,
    rcvDhKey: dhKey,
    basicAuth: version >= since.senderKey ? maybe(basicAuth) : legacyBasicAuth,
    subscribeMode,
    request: requestCodec(version),
    notifier: maybeSince(since.notifierCredentials, version, notifierKeys),
  }),
);

function requestCodec(version: number): Codec<QueueRequest | undefined> {
  if (version >= since.senderKey && version < since.shortLinks) return requestMode;
  return maybeSince(since.shortLinks, version, queueRequest);
}
