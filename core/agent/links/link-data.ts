import {
  bool,
  type Codec,
  char,
  encode,
  largeBytes,
  list,
  shortBytes,
  struct,
  type VersionRange,
  versionRange,
} from "../../bytes/index.ts";
import { type ConnectionRequest, connectionRequest, type LinkMode } from "./connection-request.ts";
import { type Owner, ownerCodec, signingKey } from "./owners.ts";
import { type ContactShortLink, contactShortLink } from "./short-link.ts";

/** The part of link data that can't be changed; its hash is the key of the link. */
export interface FixedLinkData {
  readonly agentVersions: VersionRange;
  /** Raw Ed25519 key that signs the link data. */
  readonly rootKey: Uint8Array;
  readonly request: ConnectionRequest;
  /** Names what the link is about across several links, where the application sets it. */
  readonly entityId: Uint8Array | undefined;
}

/** The part of link data that can be changed. */
export type UserLinkData =
  | { readonly mode: "invitation"; readonly userData: Uint8Array }
  | {
      readonly mode: "contact";
      /** Whether one may connect by the connection request of the fixed data. */
      readonly direct: boolean;
      readonly owners: readonly Owner[];
      /** Other addresses, of chat relays, that take requests for this one. */
      readonly relays: readonly ContactShortLink[];
      readonly userData: Uint8Array;
    };

/** The user data with the agent versions of who wrote them. */
export interface VersionedUserData {
  readonly agentVersions: VersionRange;
  readonly data: UserLinkData;
}

const longMarker = 0xff;
const shortLengthMax = 254;

/** Up to 254 bytes as a short byte string, more as 0xFF and a large one. */
export const userDataBytes: Codec<Uint8Array> = {
  encode(writer, value) {
    if (value.length <= shortLengthMax) return shortBytes.encode(writer, value);
    writer.byte(longMarker);
    largeBytes.encode(writer, value);
  },
  decode(reader) {
    if (reader.peek() !== longMarker) return shortBytes.decode(reader);
    reader.byte();
    return largeBytes.decode(reader);
  },
};

const fixedFields = struct<Omit<FixedLinkData, "entityId">>({
  agentVersions: versionRange,
  rootKey: signingKey,
  request: connectionRequest,
});

/** Fixed data; what later versions may add at the end is ignored. */
export const fixedLinkData: Codec<FixedLinkData> = {
  encode(writer, value) {
    fixedFields.encode(writer, value);
    if (value.entityId !== undefined) shortBytes.encode(writer, value.entityId);
  },
  decode(reader) {
    const fields = fixedFields.decode(reader);
    const length = reader.peek();
    const entityId =
      length !== undefined && length < reader.remaining ? shortBytes.decode(reader) : undefined;
    reader.rest();
    return { ...fields, entityId };
  },
};

const contactFields = struct<Omit<Extract<UserLinkData, { mode: "contact" }>, "mode">>({
  direct: bool,
  owners: list(ownerCodec),
  relays: list(contactShortLink),
  userData: userDataBytes,
});

const modeChars: Readonly<Record<LinkMode, string>> = { invitation: "I", contact: "C" };

/** User data behind their mode and agent versions; what later versions may add at the end is ignored. */
export const versionedUserData: Codec<VersionedUserData> = {
  encode(writer, { agentVersions, data }) {
    char.encode(writer, modeChars[data.mode]);
    versionRange.encode(writer, agentVersions);
    if (data.mode === "contact") contactFields.encode(writer, data);
    else userDataBytes.encode(writer, data.userData);
  },
  decode(reader) {
    const mode = char.decode(reader);
    if (mode !== "I" && mode !== "C") return reader.fail("link mode is neither I nor C");
    const agentVersions = versionRange.decode(reader);
    const data: UserLinkData =
      mode === "I"
        ? { mode: "invitation", userData: userDataBytes.decode(reader) }
        : { mode: "contact", ...contactFields.decode(reader) };
    reader.rest();
    return { agentVersions, data };
  },
};

/** The encoding in an array of its own. */
export function encodeOwn<T>(codec: Codec<T>, value: T): Uint8Array {
  return encode(codec, value).slice();
}
