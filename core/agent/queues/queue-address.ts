import {
  bool,
  type Codec,
  mapped,
  maybe,
  type Reader,
  shortBytes,
  struct,
  tuple,
  type VersionRange,
  versionRange,
  type Writer,
  word16,
} from "../../bytes/index.ts";
import { type RelayAddress, relayAddress, relayAddressLegacy, sameRelay } from "../../smp/address.ts";
import type { SenderId, X25519PublicKey } from "../../smp/ids.ts";
import { dhKey } from "../../smp/keys.ts";
import { type QueueMode, queueMode, senderCanSecure } from "../../smp/queue-mode.ts";
import { clientSince } from "../versions.ts";
import { withOnionHost } from "./onion-hosts.ts";

/** What a sender has to know of a queue. */
export interface QueueAddress {
  readonly relay: RelayAddress;
  readonly senderId: SenderId;
  /** The recipient's key for the encryption between the two ends of the queue. */
  readonly dhKey: X25519PublicKey;
  readonly mode: QueueMode | undefined;
}

/** A queue address in a link: any version of the range may be used with it. */
export interface QueueUri extends QueueAddress {
  readonly clientVersions: VersionRange;
}

/** A queue address for a peer whose version is known. */
export interface QueueInfo extends QueueAddress {
  readonly clientVersion: number;
}

/** Names a queue to its sender: where it is and its sender id. */
export interface QueueName {
  readonly relay: RelayAddress;
  readonly senderId: SenderId;
}

/** Whether two names are of one queue. */
export function sameQueue(a: QueueName, b: QueueName): boolean {
  return (
    a.senderId.length === b.senderId.length &&
    a.senderId.every((byte, i) => byte === b.senderId[i]) &&
    sameRelay(a.relay, b.relay)
  );
}

const smpRelay = relayAddress("smp");
const smpRelayLegacy = mapped(relayAddressLegacy("smp"), withOnionHost, (relay) => relay);

export const queueName: Codec<QueueName> = struct<QueueName>({ relay: smpRelay, senderId: shortBytes });

const keyPart = struct<{ senderId: SenderId; dhKey: X25519PublicKey }>({ senderId: shortBytes, dhKey });

/** The mode as the newest of the versions can tell it; older ones can say only that the sender may secure. */
function encodeMode(
  writer: Writer,
  mode: QueueMode | undefined,
  tell: "mode" | "secure" | "secureIfSo" | "none",
): void {
  if (tell === "mode" && mode !== undefined) queueMode.encode(writer, mode);
  else if (tell === "secure" || (tell === "secureIfSo" && senderCanSecure(mode)))
    bool.encode(writer, senderCanSecure(mode));
}

const modeChars = "MC";
const boolChars = "TF";

function decodeMode(reader: Reader): QueueMode | undefined {
  const next = reader.peek();
  if (next === undefined) return undefined;
  const char = String.fromCharCode(next);
  if (modeChars.includes(char)) return queueMode.decode(reader);
  if (boolChars.includes(char)) return bool.decode(reader) ? "messaging" : "contact";
  return undefined;
}

/** `SMPQueueInfo`: client version, relay, sender id, key, and since version 3 what the sender may do. */
export const queueInfo: Codec<QueueInfo> = {
  encode(writer, info) {
    const { clientVersion, mode } = info;
    word16.encode(writer, clientVersion);
    (clientVersion >= clientSince.hosts ? smpRelay : smpRelayLegacy).encode(writer, info.relay);
    keyPart.encode(writer, info);
    if (clientVersion >= clientSince.queueMode) encodeMode(writer, mode, "mode");
    else if (clientVersion >= clientSince.senderKey) encodeMode(writer, mode, "secureIfSo");
  },
  decode(reader) {
    const clientVersion = word16.decode(reader);
    const relay = (clientVersion >= clientSince.hosts ? smpRelay : smpRelayLegacy).decode(reader);
    const keys = keyPart.decode(reader);
    const mode = clientVersion >= clientSince.senderKey ? decodeMode(reader) : undefined;
    return { clientVersion, relay, ...keys, mode };
  },
};

/** `SMPQueueUri` in binary: client versions, relay, sender id, key, and what the sender may do. */
export const queueUri: Codec<QueueUri> = {
  encode(writer, uri) {
    const { min, max } = uri.clientVersions;
    versionRange.encode(writer, uri.clientVersions);
    smpRelay.encode(writer, uri.relay);
    keyPart.encode(writer, uri);
    if (min >= clientSince.queueMode) encodeMode(writer, uri.mode, "mode");
    else if (min >= clientSince.senderKey) encodeMode(writer, uri.mode, "secure");
    else if (max >= clientSince.senderKey) encodeMode(writer, uri.mode, "secureIfSo");
  },
  decode(reader) {
    const clientVersions = versionRange.decode(reader);
    const relay = smpRelay.decode(reader);
    const keys = keyPart.decode(reader);
    return { clientVersions, relay, ...keys, mode: decodeMode(reader) };
  },
};

/** A queue address in a link, and the queue that it takes the place of, if any. */
export const queueReplacement = tuple<readonly [QueueUri, QueueName | undefined]>(queueUri, maybe(queueName));

/** The address for a peer that speaks this version. */
export function queueInfoOf({ clientVersions: _, ...address }: QueueUri, clientVersion: number): QueueInfo {
  return { clientVersion, ...address };
}
