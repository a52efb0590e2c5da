import { type Codec, DecodeError, encode, equalBytes } from "../../bytes/index.ts";
import type { Clock } from "../../clock/clock.ts";
import { certificateFingerprint, parseCertificate, signPublicKey } from "../../crypto/certificate.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { generateKeyPair } from "../../crypto/keys.ts";
import type { Random } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { x25519 } from "../../crypto/x25519.ts";
import type { Credentials } from "../../transport/credentials.ts";
import { TransportError } from "../../transport/errors.ts";
import { checkIdentity } from "../../transport/identity.ts";
import { nextBlock } from "../../transport/next-block.ts";
import type { Transport } from "../../transport/transport.ts";
import type { ServiceSession } from "../authorization.ts";
import { type BlockLayer, plainBlocks } from "../block.ts";
import {
  clientHandshake,
  decodeHandshake,
  type ServerHandshake,
  type ServiceRole,
  serverHandshake,
  serviceHandshake,
} from "../handshake.ts";
import type { KeyHash, ServiceId, SessionId, X25519PublicKey } from "../ids.ts";
import { agreeVersions, sessionBlocks } from "../session.ts";
import type { SignedKey } from "../signed-key.ts";
import { since, smpVersions, type VersionRange } from "../version.ts";
import { agreeWithRelay, verifiedRelayKey } from "./relay-key.ts";

/** A service certificate with which a client subscribes to all its queues at once. */
export interface ServiceCredentials {
  readonly role: ServiceRole;
  /** The same as in TLS. */
  readonly credentials: Credentials;
}

/** What a client brings to a handshake. */
export interface ClientHandshakeOptions {
  /** SHA-256 of the relay's identity certificate, 32 bytes. */
  readonly keyHash: KeyHash;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds to wait for each block of the relay. */
  readonly timeoutMs: number;
  /** The versions to choose from; all that we speak unless said otherwise. */
  readonly versions?: VersionRange;
  /** Whether the client is the proxy of other clients. */
  readonly isProxy?: boolean;
  readonly service?: ServiceCredentials;
}

/** What client and relay have agreed on. */
export interface ClientSession {
  readonly version: number;
  /** All versions that both sides speak. */
  readonly versionRange: VersionRange;
  readonly sessionId: SessionId;
  readonly blocks: BlockLayer;
  /** The relay's session key; undefined for version 6. */
  readonly relayKey: X25519PublicKey | undefined;
  /** The same key as the relay signed it, which a proxy passes on to its clients. */
  readonly signedKey: SignedKey | undefined;
  /** Raw X25519 secret of both session keys: a proxy encrypts with it what it forwards. */
  readonly dhSecret: Uint8Array | undefined;
  readonly service: (ServiceSession & { readonly serviceId: ServiceId }) | undefined;
}

/** Length of a session id on a door where TLS gives none, in bytes. */
const freeSessionIdLength = 32;

/**
 * The client's side of the handshake. Specification: "Transport handshake".
 *
 * On the TLS door the session id has to be that of the TLS session, so that nobody can stand between.
 *
 * On the WebSocket door TLS may end at somebody else's edge, and there is no session id to compare. There the
 * relay chooses 32 random bytes. An edge that reads and changes everything gains nothing but the traffic's
 * shape, as long as blocks are encrypted, which this door therefore requires (version 11 or later):
 * - The relay's session key is signed by its leaf certificate, and the chain checked against the pin. The edge
 *   has no such signature for a key of its own, and a signed key from another session is of no use without
 *   the private key, which the relay makes anew for each connection.
 * - The block keys come from the secret of both session keys, salted with the session id. An edge that changes
 *   the id, or the client's key, leaves the two sides with different keys: the first block does not
 *   decrypt, and the session ends. Both sides contribute a fresh key, so nothing can be replayed.
 * - An edge can put itself in the client's place towards the relay, as anybody can connect to a relay; it learns
 *   nothing by that, as queue commands are authorised with keys it does not have, over that session's id.
 * - It can narrow the range of versions, which is not signed, but not below 11.
 *
 * @throws TransportError `session-id`, `version`, `identity`, `certificate`, `handshake`, `block`, `timeout`, or
 *   why the connection ended; the transport is closed then
 */
export async function shakeHands(
  transport: Transport,
  options: ClientHandshakeOptions,
): Promise<ClientSession> {
  try {
    return await handshake(transport, options);
  } catch (error) {
    const reason =
      error instanceof TransportError
        ? error
        : new TransportError("handshake", "cannot agree with relay: handshake failed", { cause: error });
    transport.close(reason);
    throw reason;
  }
}

async function handshake(transport: Transport, options: ClientHandshakeOptions): Promise<ClientSession> {
  const { keyHash, random, isProxy = false } = options;
  const hello = await receive(transport, options, serverHandshake);
  const sessionId = checkSessionId(transport, hello);
  const versionRange = chooseVersions(transport, hello, options);
  const { max: version } = versionRange;
  const relayKey = hello.signedKey && relayKeyOf(transport, hello.signedKey, options);
  const own = relayKey && x25519.generateKeyPair(random);
  const dhSecret = relayKey && own && agreeWithRelay(own.privateKey, relayKey);
  if (own !== undefined) wipe(own.privateKey);
  if (transport.door === "websocket" && (dhSecret === undefined || isProxy)) {
    throw new TransportError("handshake", "cannot use WebSocket door: blocks would not be encrypted");
  }
  const service = version >= since.services && transport.ownCertificateSent ? options.service : undefined;
  const serviceKey = service && generateKeyPair("Ed25519", random);
  const answer = encode(clientHandshake, {
    version,
    keyHash,
    key: own?.publicKey,
    isProxy,
    service: service &&
      serviceKey && {
        role: service.role,
        signedKey: {
          certificateChain: service.credentials.certificateChain,
          signedKey: signPublicKey(service.credentials.privateKey, serviceKey.publicKey),
        },
      },
  });
  transport.send(plainBlocks.seal({ length: answer.length, parts: [answer] }));
  return {
    version,
    versionRange,
    sessionId,
    blocks: sessionBlocks("client", { version, sessionId, isProxy, dhSecret }),
    relayKey,
    signedKey: hello.signedKey,
    dhSecret,
    service: service &&
      serviceKey && {
        serviceId: await acceptedServiceId(transport, options),
        certificateHash: serviceCertificateHash(service.credentials),
        privateKey: serviceKey.privateKey.key,
      },
  };
}

async function receive<T>(
  transport: Transport,
  { clock, timeoutMs }: ClientHandshakeOptions,
  codec: Codec<T>,
): Promise<T> {
  const block = await nextBlock(transport, clock, timeoutMs);
  try {
    return decodeHandshake(codec, plainBlocks.open(block));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new TransportError("block", `cannot read handshake: ${error.message}`, { cause: error });
  }
}

function checkSessionId(transport: Transport, { sessionId }: ServerHandshake): SessionId {
  if (
    transport.sessionId === undefined
      ? sessionId.length === freeSessionIdLength
      : equalBytes(sessionId, transport.sessionId)
  ) {
    return sessionId.slice();
  }
  throw new TransportError("session-id", "cannot agree with relay: session id is not that of the connection");
}

function chooseVersions(
  { door }: Transport,
  { versionRange }: ServerHandshake,
  { versions = smpVersions, isProxy = false }: ClientHandshakeOptions,
): VersionRange {
  const min = door === "websocket" ? Math.max(versions.min, since.encryptedBlocks) : versions.min;
  const agreed = min <= versions.max ? agreeVersions(versionRange, { ...versions, min }, isProxy) : undefined;
  if (agreed !== undefined) return agreed;
  const { min: relayMin, max: relayMax } = versionRange;
  throw new TransportError(
    "version",
    `cannot agree with relay: its versions ${relayMin} to ${relayMax} are not among ${min} to ${versions.max}`,
  );
}

/** The relay's session key, if the pinned identity vouches for it. */
function relayKeyOf(
  { peerChain }: Transport,
  signed: SignedKey,
  { keyHash, clock }: ClientHandshakeOptions,
): X25519PublicKey {
  const { leaf, leafKey } = checkIdentity(signed.certificateChain, keyHash, clock.nowMs());
  const [tlsLeaf] = peerChain;
  if (tlsLeaf !== undefined && !equalBytes(tlsLeaf, leaf.der)) {
    throw new TransportError(
      "identity",
      "cannot trust relay: certificate in its handshake is not that of TLS",
    );
  }
  return verifiedRelayKey(leafKey, signed.signedKey);
}

async function acceptedServiceId(transport: Transport, options: ClientHandshakeOptions): Promise<ServiceId> {
  const answer = await receive(transport, options, serviceHandshake);
  if (answer.type === "accepted") return answer.serviceId.slice();
  throw new TransportError(
    "handshake",
    "cannot agree with relay: it does not accept the service certificate",
  );
}

/** Of the identity certificate: the second of the chain, or the only one. */
function serviceCertificateHash({ certificateChain: [leaf, identity = leaf] }: Credentials): Uint8Array {
  if (identity === undefined) throw new CryptoError("cannot use service certificate: chain is empty");
  return certificateFingerprint(parseCertificate(identity));
}
