import {
  bool,
  type Codec,
  choice,
  maybe,
  Reader,
  shortBytes,
  struct,
  union,
  word16,
} from "../bytes/index.ts";
import { type TransportError, transportError } from "./error.ts";
import type { KeyHash, ServiceId, SessionId, X25519PublicKey } from "./ids.ts";
import { dhKey } from "./keys.ts";
import { type SignedKey, signedKey } from "./signed-key.ts";
import { since, type VersionRange, versionRange } from "./version.ts";

/** The first block of a connection, from the relay ("Server handshake"). */
export interface ServerHandshake {
  readonly versionRange: VersionRange;
  readonly sessionId: SessionId;
  /** The relay's session key; not before version 7, and not told when the highest version is below that. */
  readonly signedKey: SignedKey | undefined;
}

/** What a client with a service certificate is to the relay. */
export type ServiceRole = "messaging" | "notifier" | "proxy";

/** The service certificate of a client. */
export interface ClientService {
  readonly role: ServiceRole;
  /** The service's session key, signed with the certificate that it also uses for TLS. */
  readonly signedKey: SignedKey;
}

/** The second block, from the client ("Client handshake"). */
export interface ClientHandshake {
  /** The version for this connection. */
  readonly version: number;
  /** The relay that the client means to talk to. */
  readonly keyHash: KeyHash;
  /** The client's session key; since version 7, and not every client sends one. */
  readonly key: X25519PublicKey | undefined;
  /** Since version 14, false before. */
  readonly isProxy: boolean;
  /** Since version 16. */
  readonly service: ClientService | undefined;
}

/** The third block, from the relay, only to a client that sent a service certificate. */
export type ServiceHandshake =
  | { readonly type: "accepted"; readonly serviceId: ServiceId }
  | { readonly type: "rejected"; readonly error: TransportError };

const rangeAndSession = struct<Pick<ServerHandshake, "versionRange" | "sessionId">>({
  versionRange,
  sessionId: shortBytes,
});

export const serverHandshake: Codec<ServerHandshake> = {
  encode(writer, handshake) {
    rangeAndSession.encode(writer, handshake);
    const { max } = handshake.versionRange;
    if (max >= since.authenticators && handshake.signedKey !== undefined) {
      signedKey.encode(writer, handshake.signedKey);
    }
  },
  decode(reader) {
    const start = rangeAndSession.decode(reader);
    const hasKey = start.versionRange.max >= since.authenticators && reader.remaining > 0;
    return { ...start, signedKey: hasKey ? signedKey.decode(reader) : undefined };
  },
};

const clientService: Codec<ClientService> = struct<ClientService>({
  role: choice<ServiceRole>({ messaging: "M", notifier: "N", proxy: "P" }),
  signedKey,
});

/** Length of the DER of an X25519 key, by which it is told from what follows where a client sends none. */
const keyDerLength = 44;

const maybeService = maybe(clientService);

export const clientHandshake: Codec<ClientHandshake> = {
  encode(writer, { version, keyHash, key, isProxy, service }) {
    word16.encode(writer, version);
    shortBytes.encode(writer, keyHash);
    if (version >= since.authenticators && key !== undefined) dhKey.encode(writer, key);
    if (version >= since.proxyFlag) bool.encode(writer, isProxy);
    if (version >= since.services) maybeService.encode(writer, service);
  },
  decode(reader) {
    const version = word16.decode(reader);
    const keyHash = shortBytes.decode(reader);
    const hasKey = version >= since.authenticators && reader.peek() === keyDerLength;
    return {
      version,
      keyHash,
      key: hasKey ? dhKey.decode(reader) : undefined,
      isProxy: version >= since.proxyFlag && bool.decode(reader),
      service: version >= since.services ? maybeService.decode(reader) : undefined,
    };
  },
};

export const serviceHandshake: Codec<ServiceHandshake> = union<ServiceHandshake>({
  accepted: { tag: "R", fields: { serviceId: shortBytes } },
  rejected: { tag: "E", fields: { error: transportError } },
});

/**
 * Reads a handshake from the content of a block. What is left over is ignored: later versions may say more.
 * @throws DecodeError when the content does not begin with such a handshake
 */
export function decodeHandshake<T>(codec: Codec<T>, content: Uint8Array): T {
  return codec.decode(new Reader(content));
}
