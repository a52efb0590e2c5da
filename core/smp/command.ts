import { type Codec, maybe, nonEmptyList, shortBytes, struct, tail, word16 } from "../bytes/index.ts";
import { type RelayAddress, relayAddress } from "./address.ts";
import { basicAuth } from "./basic-auth.ts";
import type { LinkId, MessageId, X25519PublicKey } from "./ids.ts";
import { type AuthKey, authKey, dhKey } from "./keys.ts";
import { type LinkData, linkData } from "./link-data.ts";
import { type MessageFlags, messageFlags } from "./message-flags.ts";
import { type NewQueue, type NotifierKeys, newQueue, notifierKeys } from "./new-queue.ts";
import { readSpace, type TaggedCodec, tagged } from "./tagged.ts";
import { byVersion } from "./version.ts";

interface KeyParameter {
  readonly key: AuthKey;
}

interface SendParameters {
  readonly flags: MessageFlags;
  /** At most `messageLengthMax(version)` bytes; the relay checks. */
  readonly body: Uint8Array;
}

interface LinkSetParameters {
  readonly linkId: LinkId;
  readonly linkData: LinkData;
}

interface ProxyParameters {
  /** The relay to which the proxy is to connect. */
  readonly relay: RelayAddress;
  /** The proxy's password. */
  readonly basicAuth: Uint8Array | undefined;
}

interface ForwardParameters {
  /** The version of the encrypted command and of its response. */
  readonly version: number;
  /** The client's key for this one command. */
  readonly key: X25519PublicKey;
  /** The transmission, encrypted for the relay. */
  readonly encrypted: Uint8Array;
}

/** What a client can ask of a relay; `type` is the name on the wire ("SMP commands"). */
export type Command =
  // recipient
  | ({ readonly type: "NEW" } & NewQueue)
  | { readonly type: "SUB" }
  | { readonly type: "SUBS" }
  | ({ readonly type: "KEY" } & KeyParameter)
  | { readonly type: "RKEY"; readonly keys: readonly AuthKey[] }
  | ({ readonly type: "LSET" } & LinkSetParameters)
  | { readonly type: "LDEL" }
  | ({ readonly type: "NKEY" } & NotifierKeys)
  | { readonly type: "NDEL" }
  | { readonly type: "GET" }
  | { readonly type: "ACK"; readonly messageId: MessageId }
  | { readonly type: "OFF" }
  | { readonly type: "DEL" }
  | { readonly type: "QUE" }
  // sender
  | ({ readonly type: "SKEY" } & KeyParameter)
  | ({ readonly type: "SEND" } & SendParameters)
  | { readonly type: "PING" }
  // whoever has a short link
  | ({ readonly type: "LKEY" } & KeyParameter)
  | { readonly type: "LGET" }
  // notification service
  | { readonly type: "NSUB" }
  | { readonly type: "NSUBS" }
  // client of a proxy, and the proxy itself
  | ({ readonly type: "PRXY" } & ProxyParameters)
  | ({ readonly type: "PFWD" } & ForwardParameters)
  | { readonly type: "RFWD"; readonly encrypted: Uint8Array };

const key: Codec<KeyParameter> = struct<KeyParameter>({ key: authKey });

const send: Codec<SendParameters> = {
  encode(writer, { flags, body }) {
    messageFlags.encode(writer, flags);
    writer.byte(0x20);
    writer.bytes(body);
  },
  decode(reader) {
    const flags = messageFlags.decode(reader);
    readSpace(reader);
    return { flags, body: reader.rest() };
  },
};

const forward: Codec<ForwardParameters> = struct<ForwardParameters>({
  version: word16,
  key: dhKey,
  encrypted: tail,
});

/** All commands, as a version of the protocol writes them. Byte strings of a decoded command are views. */
export const commandCodec: (version: number) => TaggedCodec<Command> = byVersion((version) =>
  tagged<Command>({
    NEW: newQueue(version),
    SUB: undefined,
    SUBS: undefined,
    KEY: key,
    RKEY: struct<{ keys: readonly AuthKey[] }>({ keys: nonEmptyList(authKey) }),
    LSET: struct<LinkSetParameters>({ linkId: shortBytes, linkData }),
    LDEL: undefined,
    NKEY: notifierKeys,
    NDEL: undefined,
    GET: undefined,
    ACK: struct<{ messageId: MessageId }>({ messageId: shortBytes }),
    OFF: undefined,
    DEL: undefined,
    QUE: undefined,
    SKEY: key,
    SEND: send,
    PING: undefined,
    LKEY: key,
    LGET: undefined,
    NSUB: undefined,
    NSUBS: undefined,
    PRXY: struct<ProxyParameters>({ relay: relayAddress("smp"), basicAuth: maybe(basicAuth) }),
    PFWD: forward,
    RFWD: struct<{ encrypted: Uint8Array }>({ encrypted: tail }),
  }),
);
